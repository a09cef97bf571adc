package io.parley.group.testing;

import io.parley.common.events.AuditRecorded;
import io.parley.common.events.GroupMembersChanged;
import io.parley.group.GroupServiceApplication;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import io.parley.localstack.TcpProxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Queue;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The service on a free port, real PostgreSQL and RabbitMQ, user-service faked at the wire; one for
 * all tests, which share no group.
 */
@SpringBootTest(
    classes = GroupServiceApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "parley.groups.fold-each=300ms",
      "PARLEY_SECRET=" + GroupServiceIT.SECRET,
      "PARLEY_LOG_FORMAT=",
      // For all that a test calls at once: who waits for a connection is refused after two seconds.
      "spring.datasource.hikari.maximum-pool-size=20",
      "parley.groups.max-members=1200"
    })
@Import(TestClock.class)
public abstract class GroupServiceIT {

  public static final String SECRET = "VGhpcyBzZWNyZXQgaXMga25vd24gdG8gYWxsIHRlc3RzLg==";
  protected static final String GROUPS = "/api/v1/groups";

  /** Takes every event of the service. */
  protected static final String QUEUE = "test.groups";

  /** Takes what user-service would keep as the audit trail. */
  protected static final String AUDIT = "test.audit";

  protected static final OffsetClock CLOCK = new OffsetClock();
  protected static final FakeUserService USERS = new FakeUserService(SECRET, CLOCK);

  private static final StoreSpace STORES = Stores.shared().newSpace("group");
  private static final TcpProxy POSTGRES =
      TcpProxy.to(URI.create(STORES.addresses().postgresUrl().substring("jdbc:".length())));
  private static final TcpProxy RABBITMQ = TcpProxy.to(rabbitmqUrl());

  @Autowired protected JdbcClient database;
  @Autowired private AmqpAdmin rabbitAdmin;
  @LocalServerPort private int port;

  @DynamicPropertySource
  static void stores(DynamicPropertyRegistry registry) {
    STORES.environment().forEach((name, value) -> registry.add(name, () -> value));
    registry.add("PARLEY_POSTGRES_URL", () -> "jdbc:postgresql://localhost:" + POSTGRES.port());
    registry.add("PARLEY_USER_URL", USERS::url);
    registry.add(
        "PARLEY_RABBITMQ_URL",
        () ->
            rabbitmqUrl().toString().replace(":" + rabbitmqUrl().getPort(), ":" + RABBITMQ.port()));
  }

  private static URI rabbitmqUrl() {
    return URI.create(STORES.addresses().rabbitmqUrl());
  }

  @BeforeEach
  protected void bindQueue() {
    rabbitAdmin.declareQueue(new Queue(QUEUE));
    rabbitAdmin.declareQueue(new Queue(AUDIT));
    rabbitAdmin.declareBinding(
        new Binding(AUDIT, Binding.DestinationType.QUEUE, AuditRecorded.EXCHANGE, "audit.#", null));
    rabbitAdmin.declareBinding(
        new Binding(
            QUEUE, Binding.DestinationType.QUEUE, GroupMembersChanged.EXCHANGE, "group.#", null));
  }

  /** Between the service and PostgreSQL. */
  protected static TcpProxy postgres() {
    return POSTGRES;
  }

  /** Between the service and RabbitMQ. */
  protected static TcpProxy rabbitmq() {
    return RABBITMQ;
  }

  protected Api api() {
    return Api.at(port);
  }

  protected Api as(String userId) {
    return api().withToken(USERS.token(userId));
  }

  /** A new group. */
  protected String group(String owner, String... members) {
    Api.Answer answer =
        as(owner).post(GROUPS, Map.of("name", "Group", "memberIds", List.of(members)));
    if (answer.status() != 201) {
      throw new AssertionError(answer);
    }
    return answer.at("/id");
  }

  /** A stored role, whatever the API would say to it. */
  protected void setRole(String group, String user, String role) {
    database
        .sql("UPDATE members SET role = ? WHERE group_id = ? AND user_id = ?")
        .params(role, UUID.fromString(group), UUID.fromString(user))
        .update();
  }

  /** Calls that start together; the answers in the same order. */
  protected static List<Api.Answer> atOnce(List<Callable<Api.Answer>> calls) throws Exception {
    CyclicBarrier start = new CyclicBarrier(calls.size());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Api.Answer>> tasks =
          calls.stream()
              .<Callable<Api.Answer>>map(
                  call ->
                      () -> {
                        start.await();
                        return call.call();
                      })
              .toList();
      List<Api.Answer> answers = new ArrayList<>();
      for (Future<Api.Answer> future : threads.invokeAll(tasks)) {
        answers.add(future.get());
      }
      return answers;
    }
  }

  /** Who is in a group, as PostgreSQL has it: "id role". */
  protected List<String> stored(String group) {
    return database
        .sql("SELECT user_id || ' ' || lower(role) FROM members WHERE group_id = ?::uuid")
        .param(group)
        .query(String.class)
        .list();
  }

  protected static String members(String group) {
    return GROUPS + "/" + group + "/members";
  }

  protected static Map<String, String> user(String id) {
    return Map.of("userId", id);
  }
}
