package io.parley.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.common.postgres.ReplicaReads;
import io.parley.group.testing.Api;
import io.parley.group.testing.FakeUserService;
import io.parley.group.testing.GroupServiceIT;
import io.parley.localstack.Checkout;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import io.parley.localstack.store.ReplicatedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The service over a primary and a real streaming replica. */
class ReplicaIT {

  private static final String GROUPS = "/api/v1/groups";
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final FakeUserService USERS =
      new FakeUserService(GroupServiceIT.SECRET, Clock.systemUTC());

  @TempDir private static Path folder;
  private static ReplicatedPostgres postgres;

  private final String ann = USERS.newUser();
  private final String bob = USERS.newUser();

  @BeforeAll
  static void startPostgres() throws SQLException {
    postgres = ReplicatedPostgres.start(Checkout.root(), folder.resolve("replicated"));
    try (Connection connection =
            DriverManager.getConnection(
                postgres.primaryUrl() + "/postgres", postgres.user(), postgres.password());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE parley_group");
    }
  }

  @AfterAll
  static void stopPostgres() {
    postgres.close();
  }

  @Test
  void readsShouldGoToTheReplicaAndWritersSeeTheirWrites() {
    try (ConfigurableApplicationContext service = start("60s")) {
      await().atMost(SOON).until(() -> readsFromReplica(service));
      assertThat(inRecovery(service, false)).isFalse();

      postgres.pauseReplay();
      Api.Answer made =
          as(service, ann).post(GROUPS, Map.of("name", "New", "memberIds", List.of(bob)));
      String path = GROUPS + "/" + made.at("/id");

      // Who wrote sees it, and reads on from the primary for a while.
      assertThat(as(service, ann).get(path).status()).isEqualTo(200);
      assertThat(as(service, ann).get(GROUPS).json().get("items")).hasSize(1);
      // The others see what the replica has (unless it was just too slow to be asked), but nobody
      // is told that there is nothing.
      await().atMost(SOON).until(() -> as(service, bob).get(GROUPS).json().get("items").isEmpty());
      assertThat(as(service, bob).get(path).status()).isEqualTo(200);
      assertThat(as(service, bob).get(path + "/members").json().get("items")).hasSize(2);
      assertThat(as(service, USERS.newUser()).get(path).problem()).isEqualTo("404 not-found");

      postgres.resumeReplay();
      postgres.awaitReplica();
      assertThat(as(service, bob).get(GROUPS).json().get("items")).hasSize(1);
      await().atMost(SOON).until(() -> readsFromReplica(service));
    } finally {
      postgres.resumeReplay();
    }
  }

  @Test
  void aReplicaThatIsAwayShouldBeMissedByNobody() {
    try (ConfigurableApplicationContext service = start("60s")) {
      as(service, ann).post(GROUPS, Map.of("name", "Here", "memberIds", List.of(bob)));
      await().atMost(SOON).until(() -> readsFromReplica(service));

      postgres.killReplica();
      for (int i = 0; i < 20; i++) {
        assertThat(as(service, bob).get(GROUPS).json().get("items")).hasSize(1);
      }
      assertThat(readsFromReplica(service)).isFalse();
      await()
          .atMost(SOON)
          .until(() -> as(service, ann).get("/actuator/health/readiness").status() == 200);
    } finally {
      postgres.startReplica();
    }
    try (ConfigurableApplicationContext service = start("60s")) {
      await().atMost(SOON).until(() -> readsFromReplica(service));
    }
  }

  @Test
  void aReplicaThatIsFarBehindShouldNotBeRead() {
    try (ConfigurableApplicationContext service = start("1s")) {
      await().atMost(SOON).until(() -> readsFromReplica(service));

      postgres.pauseReplay();
      as(service, ann).post(GROUPS, Map.of("name", "New", "memberIds", List.of(bob)));

      await().atMost(SOON).until(() -> !readsFromReplica(service));
      // It may be left for having been slow, too, and be asked once more before it is too old.
      await()
          .atMost(SOON)
          .until(() -> as(service, bob).get(GROUPS).json().get("items").size() == 1);
      postgres.resumeReplay();
      await().atMost(SOON).until(() -> readsFromReplica(service));
    } finally {
      postgres.resumeReplay();
    }
  }

  private static boolean readsFromReplica(ConfigurableApplicationContext service) {
    return inRecovery(service, true);
  }

  private static boolean inRecovery(ConfigurableApplicationContext service, boolean readOnly) {
    TransactionTemplate transaction =
        new TransactionTemplate(service.getBean(PlatformTransactionManager.class));
    transaction.setReadOnly(readOnly);
    return service
        .getBean(ReplicaReads.class)
        .mayBeStale(
            () ->
                transaction.execute(
                    status ->
                        service
                            .getBean(JdbcClient.class)
                            .sql("SELECT pg_is_in_recovery()")
                            .query(Boolean.class)
                            .single()));
  }

  private static Api as(ConfigurableApplicationContext service, String user) {
    int port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    return Api.at(port).withToken(USERS.token(user));
  }

  private static ConfigurableApplicationContext start(String lag) {
    StoreSpace space = Stores.shared().newSpace("replica");
    return new SpringApplicationBuilder(GroupServiceApplication.class)
        .run(
            "--server.port=0",
            "--PARLEY_SECRET=" + GroupServiceIT.SECRET,
            "--PARLEY_LOG_FORMAT=",
            "--PARLEY_RABBITMQ_URL=" + space.addresses().rabbitmqUrl(),
            "--PARLEY_POSTGRES_URL=" + postgres.primaryUrl(),
            "--PARLEY_POSTGRES_REPLICA_URL=" + postgres.replicaUrl(),
            "--PARLEY_POSTGRES_USER=" + postgres.user(),
            "--PARLEY_POSTGRES_PASSWORD=" + postgres.password(),
            "--PARLEY_GROUP_DATABASE=parley_group",
            "--PARLEY_USER_URL=" + USERS.url(),
            "--parley.postgres.replica-lag=" + lag);
  }
}
