package io.parley.notification;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.parley.common.events.ConversationsRead;
import io.parley.common.events.ConversationsRead.Read;
import io.parley.common.events.ConversationsRead.ThreadRead;
import io.parley.common.events.MessagesChanged;
import io.parley.common.events.MessagesChanged.Apart;
import io.parley.common.events.MessagesChanged.Change;
import io.parley.common.events.MessagesChanged.Changed;
import io.parley.common.events.MessagesChanged.Hidden;
import io.parley.common.events.MessagesStored;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import io.parley.notification.fakefcm.FakeFcm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The service on real stores, each behind a gate, with the fake FCM and message-service's facts
 * over HTTP. One context for all integration tests: users, tokens and message ids are random, so
 * they do not meet.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
public abstract class ServiceHarness {

  protected static final String SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=";
  protected static final String BOUNCE_SECRET = "the secret of bounces";
  protected static final StoreSpace STORES = Stores.shared().newSpace("notification");
  protected static final TestTokens TOKENS;
  protected static final FakeMailboxes MAILBOXES;
  protected static final FakeFcm FCM;
  protected static final FakeFacts FACTS;
  protected static final TcpGate POSTGRES;
  protected static final TcpGate RABBITMQ;
  protected static final GreenMail MAILS = new GreenMail(smtp());
  protected static final SmtpGate SMTP;
  protected static final Map<String, String> ENVIRONMENT;

  static {
    try {
      TOKENS = new TestTokens();
      MAILBOXES = TOKENS.mailboxes(SECRET);
      FCM = new FakeFcm(0);
      FACTS = new FakeFacts(SECRET);
      MAILS.start();
      SMTP = new SmtpGate(MAILS.getSmtp().getPort());
      Map<String, String> environment = new HashMap<>(STORES.environment());
      POSTGRES = gate(environment, "PARLEY_POSTGRES_URL", "jdbc:postgresql://");
      RABBITMQ = gate(environment, "PARLEY_RABBITMQ_URL", "amqp://");
      environment.put("PARLEY_USER_URL", TOKENS.userUrl());
      environment.put("PARLEY_MESSAGE_URL", FACTS.url());
      environment.put("PARLEY_FCM_ENDPOINT", FCM.endpoint());
      environment.put("PARLEY_WEB_PUSH_PRIVATE", "true");
      environment.put("PARLEY_VAPID_SUBJECT", "mailto:admin@chat.example");
      environment.put("PARLEY_SMTP_HOST", "127.0.0.1");
      environment.put("PARLEY_SMTP_PORT", Integer.toString(SMTP.port()));
      environment.put("PARLEY_MAIL_FROM", "Chat & Co <noreply@chat.example>");
      environment.put("PARLEY_BOUNCE_ADDRESS", "bounces+{id}@chat.example");
      environment.put("PARLEY_BOUNCE_SECRET", BOUNCE_SECRET);
      environment.put("PARLEY_SECRET", SECRET);
      environment.put("PARLEY_PUBLIC_URL", "https://chat.example/");
      environment.put("PARLEY_DIGEST_LOOKEVERY", "1h");
      environment.put("PARLEY_NOTIFICATIONS_HOLD", "300ms");
      environment.put("PARLEY_NOTIFICATIONS_FOREGROUNDHOLD", "4s");
      environment.put("PARLEY_NOTIFICATIONS_FOREGROUNDEVERY", "500ms");
      environment.put("PARLEY_NOTIFICATIONS_LEASE", "5s");
      environment.put("PARLEY_NOTIFICATIONS_LOOKEVERY", "1s");
      environment.put("PARLEY_NOTIFICATIONS_RETRYDELAYS", "200ms,400ms,800ms,2s,5s");
      environment.put("PARLEY_NOTIFICATIONS_POISONTRIES", "3");
      environment.put("PARLEY_PUSH_RETRYDELAYS", "200ms,400ms,800ms,2s,5s");
      environment.put("PARLEY_PUSH_MAXTRIES", "5");
      environment.put("PARLEY_MAILS_RETRYDELAYS", "200ms,400ms,800ms,2s,5s");
      environment.put("PARLEY_MAILS_POISONTRIES", "3");
      environment.put("PARLEY_MAILS_LEASE", "5s");
      environment.put("PARLEY_PUSH_LEASE", "5s");
      environment.put("PARLEY_PUSH_RENEWEVERY", "500ms");
      environment.put("SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE", "5");
      environment.put("LOGGING_LEVEL_COM_ZAXXER_HIKARI", "ERROR");
      ENVIRONMENT = Map.copyOf(environment);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Past the gate and the service's pool: what a test looks up must not depend on what it shuts.
   */
  protected static final JdbcClient jdbc = database();

  /** A queue, and behind it one for each of the delays above. */
  private static final List<String> WITH_RETRIES =
      List.of("", ".retry.200ms", ".retry.400ms", ".retry.800ms", ".retry.2000ms", ".retry.5000ms");

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  protected static final JsonMapper JSON = JsonMapper.shared();

  @LocalServerPort protected int port;
  @Autowired protected RabbitTemplate rabbit;

  @DynamicPropertySource
  static void environment(DynamicPropertyRegistry registry) {
    ENVIRONMENT.forEach((name, value) -> registry.add(property(name), () -> value));
  }

  /** The first address of the variable is replaced by the gate's. */
  private static TcpGate gate(Map<String, String> environment, String variable, String scheme)
      throws IOException {
    String url = String.valueOf(environment.get(variable));
    URI uri = URI.create("x://" + url.substring(scheme.length()));
    TcpGate gate = new TcpGate(uri.getHost(), uri.getPort());
    environment.put(
        variable, url.replace(uri.getHost() + ":" + uri.getPort(), "127.0.0.1:" + gate.port()));
    return gate;
  }

  private static ServerSetup smtp() {
    ServerSetup smtp = new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
    smtp.setServerStartupTimeout(30_000);
    return smtp;
  }

  private static JdbcClient database() {
    return JdbcClient.create(
        new DriverManagerDataSource(
            STORES.jdbcUrl(STORES.notificationDatabase()),
            variable("PARLEY_POSTGRES_USER"),
            variable("PARLEY_POSTGRES_PASSWORD")));
  }

  private static String variable(String name) {
    return requireNonNull(STORES.environment().get(name));
  }

  /** Relaxed names of environment variables only work for the real environment. */
  protected static String property(String variable) {
    return switch (variable) {
      case "PARLEY_NOTIFICATIONS_HOLD" -> "parley.notifications.hold";
      case "PARLEY_NOTIFICATIONS_FOREGROUNDHOLD" -> "parley.notifications.foreground-hold";
      case "PARLEY_NOTIFICATIONS_FOREGROUNDEVERY" -> "parley.notifications.foreground-every";
      case "PARLEY_NOTIFICATIONS_LEASE" -> "parley.notifications.lease";
      case "PARLEY_NOTIFICATIONS_LOOKEVERY" -> "parley.notifications.look-every";
      case "PARLEY_NOTIFICATIONS_RETRYDELAYS" -> "parley.notifications.retry-delays";
      case "PARLEY_NOTIFICATIONS_POISONTRIES" -> "parley.notifications.poison-tries";
      case "PARLEY_PUSH_RETRYDELAYS" -> "parley.push.retry-delays";
      case "PARLEY_PUSH_MAXTRIES" -> "parley.push.max-tries";
      case "PARLEY_MAILS_RETRYDELAYS" -> "parley.mails.retry-delays";
      case "PARLEY_MAILS_POISONTRIES" -> "parley.mails.poison-tries";
      case "PARLEY_MAILS_LEASE" -> "parley.mails.lease";
      case "PARLEY_DIGEST_LOOKEVERY" -> "parley.digest.look-every";
      case "PARLEY_PUSH_LEASE" -> "parley.push.lease";
      case "PARLEY_PUSH_RENEWEVERY" -> "parley.push.renew-every";
      case "SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE" ->
          "spring.datasource.hikari.maximum-pool-size";
      case "LOGGING_LEVEL_COM_ZAXXER_HIKARI" -> "logging.level.com.zaxxer.hikari";
      default -> variable;
    };
  }

  // --- people and devices

  protected static UserId user() {
    return new UserId(UUID.randomUUID());
  }

  protected static String token(String prefix) {
    return prefix + "-" + UUID.randomUUID();
  }

  /** Registers over HTTP and returns the id. */
  protected String register(UserId user, String token, String platform) {
    HttpResponse<String> response =
        call(
            "POST",
            "/api/v1/devices",
            TOKENS.of(user),
            JSON.writeValueAsString(Map.of("token", token, "platform", platform)));
    if (response.statusCode() != 201) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body()).get("id").asString();
  }

  // --- messages

  /** A message of two, which message-service knows. */
  protected static Stored message(String text, UserId... recipients) {
    return message(new ConversationId(UUID.randomUUID()), 7, "DIRECT", text, recipients);
  }

  protected static Stored message(
      ConversationId conversation, long seq, String kind, String text, UserId... recipients) {
    Stored stored =
        new Stored(
            conversation,
            kind,
            seq,
            UUID.randomUUID().toString(),
            user(),
            Instant.now(),
            List.of(recipients),
            null);
    FACTS.add(stored, text);
    return stored;
  }

  /** As {@link #message}, a reply in the thread that begins with this seq. */
  protected static Stored reply(
      ConversationId conversation, long threadSeq, long seq, String text, UserId... recipients) {
    Stored plain = message(conversation, seq, "GROUP", text, recipients);
    FACTS.message(plain, "threadSeq", threadSeq);
    return new Stored(
        plain.conversationId(),
        plain.conversationKind(),
        plain.seq(),
        plain.messageId(),
        plain.senderId(),
        plain.sentAt(),
        plain.recipients(),
        null,
        threadSeq);
  }

  /** The same message, told once more. */
  protected static Stored again(Stored stored, UserId... recipients) {
    return new Stored(
        stored.conversationId(),
        stored.conversationKind(),
        stored.seq(),
        stored.messageId(),
        stored.senderId(),
        stored.sentAt(),
        List.of(recipients),
        stored.expiresAt());
  }

  protected void publish(Stored... stored) {
    publish(
        MessagesStored.ROUTING_KEY, JSON.writeValueAsBytes(new MessagesStored(List.of(stored))));
  }

  protected void publishRead(Stored upTo, UserId... users) {
    publish(
        ConversationsRead.ROUTING_KEY,
        JSON.writeValueAsBytes(
            new ConversationsRead(
                Stream.of(users)
                    .map(user -> new Read(user, upTo.conversationId(), upTo.seq()))
                    .toList())));
  }

  /** A reply's thread is read up to it. */
  protected void publishThreadRead(Stored upTo, UserId user) {
    publish(
        ConversationsRead.ROUTING_KEY,
        JSON.writeValueAsBytes(
            new ConversationsRead(
                List.of(),
                List.of(
                    new ThreadRead(
                        user,
                        upTo.conversationId(),
                        requireNonNull(upTo.threadSeq()),
                        upTo.seq())))));
  }

  protected void publishChanged(Change change, Stored... all) {
    publish(
        MessagesChanged.ROUTING_KEY,
        JSON.writeValueAsBytes(
            new MessagesChanged(
                Stream.of(all)
                    .map(one -> new Changed(one.conversationId(), List.of(one.seq()), change))
                    .toList())));
  }

  /** The user does not see these seqs of the conversation any more. */
  protected void publishHidden(ConversationId conversation, UserId user, long from, long through) {
    publishViews(List.of(new Hidden(conversation, List.of(user), from, through)), List.of());
  }

  protected void publishApart(UserId user, UserId other) {
    publishViews(List.of(), List.of(new Apart(user, other)));
  }

  private void publishViews(List<Hidden> hidden, List<Apart> apart) {
    publish(
        MessagesChanged.ROUTING_KEY,
        JSON.writeValueAsBytes(new MessagesChanged(List.of(), hidden, apart)));
  }

  protected void publish(String routingKey, byte[] body) {
    rabbit.send(
        MessagesStored.EXCHANGE,
        routingKey,
        MessageBuilder.withBody(body)
            .setContentType("application/json")
            .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
            .build());
  }

  /** Every push that the fake FCM took for the token, newest first, as {@code message} objects. */
  protected static List<JsonNode> pushes(String token) {
    return items("/pushes", token);
  }

  protected static List<JsonNode> refusals(String token) {
    return items("/refusals", token);
  }

  private static List<JsonNode> items(String path, String token) {
    URI uri =
        URI.create(
            FCM.endpoint() + path + "?token=" + URLEncoder.encode(token, StandardCharsets.UTF_8));
    HttpResponse<String> response = send(HttpRequest.newBuilder(uri).build());
    return JSON.readTree(response.body())
        .get("items")
        .valueStream()
        .map(item -> item.get("message"))
        .toList();
  }

  protected JsonNode onlyPush(String token) {
    await("push to " + token, () -> !pushes(token).isEmpty());
    assertThat(pushes(token)).hasSize(1);
    return pushes(token).getFirst();
  }

  /** Waits until no event is with a consumer or waiting for a retry, and nothing is due. */
  protected void settled() {
    drained(MessagesStored.QUEUE);
    drained(ConversationsRead.QUEUE);
    drained(MessagesChanged.QUEUE);
    await(
        "nothing due",
        () ->
            jdbc.sql("SELECT count(*) FROM notifications WHERE due_at < now() + interval '10 s'")
                    .query(Integer.class)
                    .single()
                == 0);
  }

  /** Waits until nothing is with a consumer or waiting for a retry. */
  protected void drained(String queue) {
    sleep(Duration.ofMillis(300));
    await(
        "drained queues",
        () -> WITH_RETRIES.stream().mapToInt(suffix -> messages(queue + suffix)).sum() == 0);
    sleep(Duration.ofMillis(300));
  }

  private int messages(String queue) {
    Integer count = rabbit.execute(channel -> (int) channel.messageCount(queue));
    return count == null ? 0 : count;
  }

  /** The state of one delivery, or null when there is none. */
  protected @Nullable String state(String deviceId, Stored stored) {
    return jdbc.sql(
            "SELECT state FROM push_deliveries WHERE device_id = CAST(? AS uuid) AND message_id ="
                + " ?")
        .params(deviceId, stored.messageId())
        .query(String.class)
        .optional()
        .orElse(null);
  }

  /** State and reason of a notification, {@code RANG MESSAGE}, or null when there is none. */
  protected @Nullable String decided(UserId user, Stored stored) {
    return jdbc.sql(
            "SELECT concat_ws(' ', state, reason, ended) FROM notifications"
                + " WHERE user_id = ? AND message_id = ?")
        .params(user.value(), stored.messageId())
        .query(String.class)
        .optional()
        .orElse(null);
  }

  protected void awaitDecided(UserId user, Stored stored, String expected) {
    await(
        () -> "not " + expected + " but " + decided(user, stored),
        Duration.ofSeconds(30),
        () -> expected.equals(decided(user, stored)));
  }

  protected static void await(String what, Duration limit, BooleanSupplier condition) {
    await(() -> what, limit, condition);
  }

  protected static void await(Supplier<String> what, Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + limit + ": " + what.get());
      }
      sleep(Duration.ofMillis(25));
    }
  }

  protected static void await(String what, BooleanSupplier condition) {
    await(what, Duration.ofSeconds(30), condition);
  }

  protected static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One more process of the service, but for the process. */
  protected static ConfigurableApplicationContext anotherNode(Map<String, String> environment) {
    SpringApplication application = new SpringApplication(NotificationService.class);
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    environment.forEach((name, value) -> arguments.add("--" + property(name) + "=" + value));
    return application.run(arguments.toArray(String[]::new));
  }

  // --- HTTP

  protected HttpResponse<String> call(
      String method, String path, @Nullable String accessToken, @Nullable String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (accessToken != null) {
      request.header("Authorization", "Bearer " + accessToken);
    }
    return send(request.build());
  }

  protected static HttpResponse<String> send(HttpRequest request) {
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
