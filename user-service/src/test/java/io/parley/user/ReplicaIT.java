package io.parley.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.common.postgres.ReplicaReads;
import io.parley.localstack.Checkout;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import io.parley.localstack.store.ReplicatedPostgres;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The service over a primary and a real streaming replica: what people look at may be a little old,
 * who they are and what they may do is not.
 */
class ReplicaIT {

  private static final String PASSWORD = "correct horse battery";
  private static final String ME = "/api/v1/users/me";
  private static final String LOG_IN = "/api/v1/auth/login";
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private static Path folder;
  private static ReplicatedPostgres postgres;
  private static ConfigurableApplicationContext service;

  @BeforeAll
  static void start() throws SQLException {
    postgres = ReplicatedPostgres.start(Checkout.root(), folder.resolve("replicated"));
    execute("postgres", "CREATE DATABASE parley_user");
    StoreSpace space = Stores.shared().newSpace("replica");
    service =
        new SpringApplicationBuilder(UserServiceApplication.class)
            .run(
                "--server.port=0",
                "--PARLEY_SECRET=" + UserServiceIT.SECRET,
                "--PARLEY_LOG_FORMAT=",
                "--PARLEY_RABBITMQ_URL=" + space.addresses().rabbitmqUrl(),
                "--PARLEY_REDIS_URL=" + space.addresses().redisUrl(),
                "--PARLEY_POSTGRES_URL=" + postgres.primaryUrl(),
                "--PARLEY_POSTGRES_REPLICA_URL=" + postgres.replicaUrl(),
                "--PARLEY_POSTGRES_USER=" + postgres.user(),
                "--PARLEY_POSTGRES_PASSWORD=" + postgres.password(),
                "--PARLEY_USER_DATABASE=parley_user",
                "--parley.passwords.memory=1MB",
                "--parley.passwords.passes=1",
                "--parley.postgres.replica-lag=60s");
  }

  @AfterAll
  static void stop() {
    service.close();
    postgres.close();
  }

  @Test
  void peopleShouldBeReadFromTheReplicaButWritersSeeTheirWrites() {
    User ann = register();
    User bob = register();
    bringUpToDate();
    postgres.pauseReplay();
    try {
      assertThat(as(ann).patch(ME, Map.of("displayName", "New")).status()).isEqualTo(200);

      assertThat(as(ann).get(ME).at("/displayName")).isEqualTo("New");
      // At once, unless the replica was just too slow to be asked.
      awaitName(bob, ann, "Somebody");
      // Nobody is told that somebody does not exist.
      User cleo = register();
      assertThat(as(bob).get("/api/v1/users/" + cleo.id()).status()).isEqualTo(200);
    } finally {
      postgres.resumeReplay();
    }
    postgres.awaitReplica();
    assertThat(name(bob, ann)).isEqualTo("New");
  }

  @Test
  void whoSomebodyIsAndMayDoShouldBeAskedOfThePrimary() throws SQLException {
    User ann = register();
    User bob = register();
    User cleo = register();
    bringUpToDate();
    postgres.pauseReplay();
    try {
      assertThat(as(ann).post("/api/v1/auth/logout", Map.of()).status()).isEqualTo(204);
      assertThat(refresh(ann).status()).isEqualTo(401);

      execute(
          "parley_user", "UPDATE accounts SET locked = true WHERE username = '" + bob.name() + "'");
      assertThat(logIn(bob.name()).status()).isEqualTo(403);
      assertThat(refresh(bob).status()).isEqualTo(403);

      // Who has just registered can log in, also at a node that knows nothing of it.
      assertThat(logIn(register().name()).status()).isEqualTo(200);
      assertThat(as(cleo).get(ME).status()).isEqualTo(200);
    } finally {
      postgres.resumeReplay();
    }
  }

  @Test
  void onlyWhatMayBeStaleShouldBeReadFromTheReplica() {
    bringUpToDate();
    TransactionTemplate reading =
        new TransactionTemplate(service.getBean(PlatformTransactionManager.class));
    reading.setReadOnly(true);

    assertThat(inRecovery(reading)).isFalse();
    ReplicaReads reads = service.getBean(ReplicaReads.class);
    await().atMost(SOON).until(() -> reads.mayBeStale(() -> inRecovery(reading)));
  }

  @Test
  void aReplicaThatIsAwayShouldBeMissedByNobody() {
    User ann = register();
    User bob = register();
    bringUpToDate();
    postgres.killReplica();
    try {
      for (int i = 0; i < 20; i++) {
        assertThat(as(bob).get("/api/v1/users/" + ann.id()).status()).isEqualTo(200);
      }
    } finally {
      postgres.startReplica();
    }
    bringUpToDate();
  }

  private record User(String id, String name, String token, String refreshToken) {}

  /** Returns when reads go to the replica, and that shows all that there is. */
  private static void bringUpToDate() {
    postgres.awaitReplica();
    TransactionTemplate reading =
        new TransactionTemplate(service.getBean(PlatformTransactionManager.class));
    reading.setReadOnly(true);
    ReplicaReads reads = service.getBean(ReplicaReads.class);
    await().atMost(SOON).until(() -> reads.mayBeStale(() -> inRecovery(reading)));
  }

  private static boolean inRecovery(TransactionTemplate transaction) {
    return transaction.execute(
        status ->
            service
                .getBean(JdbcClient.class)
                .sql("SELECT pg_is_in_recovery()")
                .query(Boolean.class)
                .single());
  }

  private static User register() {
    String name = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
    Api.Answer answer =
        api()
            .post(
                "/api/v1/auth/register",
                Map.of(
                    "username",
                    name,
                    "email",
                    name + "@example.org",
                    "password",
                    PASSWORD,
                    "displayName",
                    "Somebody"));
    assertThat(answer.status()).isEqualTo(201);
    return new User(
        answer.at("/user/id"), name, answer.at("/accessToken"), answer.at("/refreshToken"));
  }

  private static void awaitName(User asked, User of, String name) {
    await().atMost(SOON).untilAsserted(() -> assertThat(name(asked, of)).isEqualTo(name));
  }

  private static String name(User asked, User of) {
    return as(asked).get("/api/v1/users/" + of.id()).at("/displayName");
  }

  private static Api.Answer logIn(String name) {
    return api().post(LOG_IN, Map.of("login", name, "password", PASSWORD));
  }

  private static Api.Answer refresh(User user) {
    return api().post("/api/v1/auth/refresh", Map.of("refreshToken", user.refreshToken()));
  }

  private static Api api() {
    return Api.at(service.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
  }

  private static Api as(User user) {
    return api().withToken(user.token());
  }

  private static void execute(String database, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                postgres.primaryUrl() + "/" + database, postgres.user(), postgres.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
