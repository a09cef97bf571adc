package io.parley.user.testing;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.access.ServiceTokens;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import io.parley.localstack.TcpProxy;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The service on a free port and real stores; one for all tests, which share no user. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "PARLEY_SECRET=" + UserServiceIT.SECRET,
      "PARLEY_LOG_FORMAT=",
      "parley.passwords.memory=1MB",
      "parley.passwords.passes=1",
      // For all that a test calls at once: who waits for a connection is refused after two seconds.
      "spring.datasource.hikari.maximum-pool-size=20",
      "parley.erasure.look-each=300ms",
      "parley.locks.look-each=300ms",
      "parley.accounts.fold-each=300ms",
      "parley.relations.max-contacts=5",
      "parley.relations.max-blocks=5"
    })
@Import({TestClock.class, Mailbox.Beans.class})
public abstract class UserServiceIT {

  public static final String SECRET = "VGhpcyBzZWNyZXQgaXMga25vd24gdG8gYWxsIHRlc3RzLg==";
  protected static final String PASSWORD = "correct horse battery";

  /** The shortest time after which a limit of tries lets one more through: 20 in a minute. */
  private static final Duration ONE_MORE_TRY = Duration.ofSeconds(3);

  private static final StoreSpace STORES = Stores.shared().newSpace("user");
  private static final TcpProxy POSTGRES =
      TcpProxy.to(URI.create(STORES.addresses().postgresUrl().substring("jdbc:".length())));

  private static final TcpProxy REDIS = TcpProxy.to(URI.create(STORES.addresses().redisUrl()));

  @Autowired protected OffsetClock clock;
  @Autowired protected JdbcClient database;
  @Autowired protected Mailbox mails;
  @Autowired private MeterRegistry registry;
  @LocalServerPort private int port;

  @DynamicPropertySource
  static void stores(DynamicPropertyRegistry registry) {
    STORES.environment().forEach((name, value) -> registry.add(name, () -> value));
    registry.add("PARLEY_POSTGRES_URL", () -> "jdbc:postgresql://localhost:" + POSTGRES.port());
    URI redis = URI.create(STORES.addresses().redisUrl());
    registry.add("PARLEY_REDIS_URL", () -> "redis://localhost:" + REDIS.port() + redis.getPath());
  }

  /** Between the service and Redis. */
  protected static TcpProxy redis() {
    return REDIS;
  }

  /** Past the proxy. */
  protected static String redisUrl() {
    return STORES.addresses().redisUrl();
  }

  /** Between the service and PostgreSQL. */
  protected static TcpProxy postgres() {
    return POSTGRES;
  }

  protected Api api() {
    return Api.at(port);
  }

  /** Nobody else's name in this run. */
  protected static String freshName() {
    return "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
  }

  protected static Map<String, Object> registration(String username) {
    return Map.of(
        "username",
        username,
        "email",
        username + "@example.org",
        "password",
        PASSWORD,
        "displayName",
        "Somebody");
  }

  protected Api as(SignedIn user) {
    return api().withToken(user.accessToken());
  }

  /** The service that calls this one the most. */
  protected Api service() {
    return serviceNamed("message-service");
  }

  protected Api serviceNamed(String name) {
    return api().withAuthorization(new ServiceTokens(SECRET, name, clock).bearer("user-service"));
  }

  protected SignedIn register() {
    return register(freshName());
  }

  protected SignedIn register(String username) {
    return signedIn(api().post("/api/v1/auth/register", registration(username)));
  }

  /** Has followed the link in the mail, and logged in after that. */
  protected SignedIn registerVerified() {
    return verified(register());
  }

  protected SignedIn verified(SignedIn user) {
    String token = mails.awaitToken(email(user), "verify-email");
    Api.Answer answer = api().post("/api/v1/auth/email/verify", Map.of("token", token));
    if (answer.status() != 204) {
      throw new AssertionError(answer);
    }
    return logIn(user);
  }

  protected SignedIn registerWithRole(String role) {
    SignedIn user = registerVerified();
    database
        .sql("UPDATE accounts SET role = ? WHERE username = ?")
        .params(role, user.username())
        .update();
    return logIn(user);
  }

  protected SignedIn logIn(SignedIn user) {
    return signedIn(
        api().post("/api/v1/auth/login", Map.of("login", user.username(), "password", PASSWORD)));
  }

  protected static String email(SignedIn user) {
    return user.username() + "@example.org";
  }

  /**
   * Tries are counted in Redis, which is waited for only briefly, and come back with time. So what
   * fails when one was not counted, or took that long, is done again, with other users.
   */
  protected void whileTriesAreCounted(Runnable test) {
    for (int left = 9; ; left--) {
      double uncounted = uncounted();
      long start = System.nanoTime();
      try {
        test.run();
        return;
      } catch (AssertionError e) {
        boolean counted = uncounted() <= uncounted;
        if (left == 0 || (counted && System.nanoTime() - start < ONE_MORE_TRY.toNanos())) {
          throw e;
        }
      }
      await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
    }
  }

  private double uncounted() {
    return registry.find("parley.limits").tag("outcome", "unavailable").counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  /** How many entries of the audit trail there are. */
  protected int audited(String action, String targetId) {
    return database
        .sql("SELECT count(*) FROM audit_events WHERE action = ? AND target_id = ?")
        .params(action, targetId)
        .query(Integer.class)
        .single();
  }

  protected static SignedIn signedIn(Api.Answer answer) {
    if (answer.status() != 201 && answer.status() != 200) {
      throw new AssertionError(answer);
    }
    return new SignedIn(
        answer.at("/user/id"),
        answer.at("/user/username"),
        answer.at("/accessToken"),
        answer.at("/refreshToken"));
  }

  /** Somebody with tokens. */
  protected record SignedIn(String id, String username, String accessToken, String refreshToken) {}
}
