package io.parley.notification.bounce;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.parley.common.events.MailBounced;
import io.parley.common.events.MailBounced.Kind;
import io.parley.common.events.MailRequested;
import io.parley.common.events.MailRequested.Mail;
import io.parley.common.events.UserEvents;
import io.parley.common.secrets.Seal;
import io.parley.notification.ServiceHarness;
import io.parley.notification.mail.MailMarks;
import io.parley.notification.mail.TestMarks;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ConfigurableApplicationContext;

/** From a mail that was sent, over a report on it, to what user-service is told. */
class BouncesIT extends ServiceHarness {

  private static final String PATH = "/api/v1/mail/bounces";
  private static final String RFC822 = "message/rfc822";
  private static final String JSON_TYPE = "application/json";

  /** Stands where user-service's would. */
  private static final Queue QUEUE = QueueBuilder.durable("bounces-of-the-test").quorum().build();

  private final Seal seal = new Seal(SECRET, MailRequested.PURPOSE);
  private final List<MailBounced> told = new ArrayList<>();
  private final AmqpAdmin broker;
  private final MailMarks marks;
  private final Bounces bounces;
  private final DsnReader reader;

  BouncesIT(
      @Autowired AmqpAdmin broker,
      @Autowired MailMarks marks,
      @Autowired Bounces bounces,
      @Autowired DsnReader reader) {
    this.broker = broker;
    this.marks = marks;
    this.bounces = bounces;
    this.reader = reader;
  }

  @BeforeEach
  void listen() {
    broker.declareQueue(QUEUE);
    broker.declareBinding(
        BindingBuilder.bind(QUEUE)
            .to(new TopicExchange(UserEvents.EXCHANGE))
            .with(MailBounced.ROUTING_KEY));
  }

  @Test
  void aMailThatComesBackShouldBeToldWithWhoseItWas() throws Exception {
    UUID id = UUID.randomUUID();
    MimeMessage mail = sent(id, address("ann"), "sealed-of-ann");
    byte[] notification =
        Notifications.returning("noreply@chat.example", "failed", "5.1.1", mail.getMessageID());
    double before = counted("HARD");

    assertThat(report(notification, BEARER).statusCode()).isEqualTo(204);

    MailBounced bounced = await(id);
    assertThat(bounced.recipient()).isEqualTo("sealed-of-ann");
    assertThat(bounced.kind()).isEqualTo(Kind.HARD);
    assertThat(bounced.status()).isEqualTo("5.1.1");
    assertThat(counted("HARD")).isEqualTo(before + 1);
  }

  @Test
  void aMailShouldComeBackToAnAddressOfItsOwn() throws Exception {
    UUID id = UUID.randomUUID();
    MimeMessage mail = sent(id, address("verp"), "sealed");

    assertThat(mail.getHeader("Return-Path"))
        .containsExactly("<bounces+" + TestMarks.of(marks, id) + "@chat.example>");
    byte[] notification =
        Notifications.returningNothing(
            "Delivered-To: bounces+" + TestMarks.of(marks, id) + "@chat.example",
            "failed",
            "5.1.1");
    assertThat(report(notification, BEARER).statusCode()).isEqualTo(204);
    assertThat(await(id).kind()).isEqualTo(Kind.HARD);
  }

  @Test
  void ofSeveralReportsOneShouldCountButAHardOneOutdoASoftOne() throws Exception {
    UUID id = UUID.randomUUID();
    String messageId = sent(id, address("often"), "sealed").getMessageID();

    report(messageId, "4.2.2");
    report(messageId, "4.2.2");
    report(messageId, "5.1.1");
    report(messageId, "5.1.1");
    report(messageId, "4.2.2");
    report(messageId, "2.1.5");

    last(sent(UUID.randomUUID(), address("last"), "last").getMessageID());
    assertThat(told.stream().filter(bounced -> bounced.mailId().equals(id)))
        .extracting(MailBounced::kind)
        .containsExactly(Kind.SOFT, Kind.HARD);
  }

  @Test
  void delaysShouldTellNobody() throws Exception {
    UUID id = UUID.randomUUID();
    String messageId = sent(id, address("delayed"), "sealed").getMessageID();

    byte[] delayed = Notifications.returning("noreply@chat.example", "delayed", "4.4.1", messageId);
    assertThat(report(delayed, BEARER).statusCode()).isEqualTo(204);

    last(sent(UUID.randomUUID(), address("last"), "last").getMessageID());
    assertThat(told).noneMatch(bounced -> bounced.mailId().equals(id));
  }

  @Test
  void mailsThatNobodyKnowsShouldTellNobody() throws Exception {
    UUID unknown = UUID.randomUUID();
    UUID nobodys = UUID.randomUUID();
    String messageId = sent(nobodys, address("old"), null).getMessageID();
    double before = counted("UNKNOWN");

    assertThat(report(TestMarks.of(marks, unknown), "5.1.1").statusCode()).isEqualTo(204);
    assertThat(report(messageId, "5.1.1").statusCode()).isEqualTo(204);

    assertThat(counted("UNKNOWN")).isEqualTo(before + 2);
    last(sent(UUID.randomUUID(), address("last"), "last").getMessageID());
    assertThat(told)
        .noneMatch(bounced -> bounced.mailId().equals(unknown) || bounced.mailId().equals(nobodys));
  }

  /** Who knows the id of somebody's mail, but never had the mail. */
  @Test
  void aForgedReportShouldTellNobody() throws Exception {
    UUID id = UUID.randomUUID();
    String messageId = sent(id, address("victim"), "sealed").getMessageID();
    String digits = id.toString().replace("-", "");

    for (String forged : List.of(digits, id.toString(), digits + "0".repeat(16))) {
      assertThat(problem(report("<" + forged + "@chat.example>", "5.1.1")))
          .isEqualTo("400 not-a-bounce");
      byte[] notification = Notifications.returningHeaders("5.1.1", "<" + forged + "@x.example>");
      assertThat(problem(report(notification, BEARER))).isEqualTo("400 not-a-bounce");
    }
    for (String wrong :
        Arrays.asList(
            null,
            "",
            "Bearer",
            "Bearer ",
            "Bearer not-the-secret",
            "Basic !",
            basic(""),
            basic("not-the-secret"),
            "Bearer " + TOKENS.of(user()))) {
      assertThat(problem(post(JSON_TYPE, json(messageId, "5.1.1"), wrong)))
          .as("%s", wrong)
          .isEqualTo("401 unauthenticated");
    }

    last(sent(UUID.randomUUID(), address("last"), "last").getMessageID());
    assertThat(told).noneMatch(bounced -> bounced.mailId().equals(id));
  }

  @Test
  void theSecretShouldBeTakenAsAPasswordToo() throws Exception {
    String messageId = sent(UUID.randomUUID(), address("basic"), "sealed").getMessageID();

    assertThat(post(JSON_TYPE, json(messageId, "2.0.0"), basic(BOUNCE_SECRET)).statusCode())
        .isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "null",
        "{\"messageId\":\"x\"}",
        "{\"messageId\":null,\"status\":\"5.1.1\"}",
        "{\"messageId\":1,\"status\":\"5.1.1\"}",
        "{\"messageId\":\"x\",\"status\":\"5\"}",
        "{\"messageId\":\"x\",\"status\":\"3.1.1\"}",
        "{\"messageId\":\"x\",\"status\":\"5.1.1\",\"more\":1}"
      })
  void whatIsNoReportShouldBeRefused(String body) {
    assertThat(problem(post(JSON_TYPE, body.getBytes(StandardCharsets.UTF_8), BEARER)))
        .isEqualTo("400 invalid-request");
  }

  @Test
  void wrongTypesAndSizesShouldBeRefused() {
    byte[] holiday = "Subject: On holiday\r\n\r\nBack soon.".getBytes(StandardCharsets.UTF_8);
    assertThat(problem(report(holiday, BEARER))).isEqualTo("400 not-a-bounce");
    assertThat(problem(post("text/plain", holiday, BEARER)))
        .isEqualTo("415 unsupported-media-type");
    assertThat(problem(report(new byte[1_100_000], BEARER))).isEqualTo("413 body-too-large");
    assertThat(problem(report(new byte[500_000], BEARER))).isEqualTo("400 not-a-bounce");
    assertThat(problem(post(JSON_TYPE, json("x".repeat(600), "5.1.1"), BEARER)))
        .isEqualTo("400 invalid-request");
    assertThat(problem(call("GET", PATH, null, null))).isEqualTo("405 method-not-allowed");
  }

  @Test
  void withoutASecretNothingShouldBeTaken() {
    Map<String, String> off = new HashMap<>(ENVIRONMENT);
    off.put("PARLEY_BOUNCE_SECRET", "");
    try (ConfigurableApplicationContext node = anotherNode(off)) {
      int other = node.getEnvironment().getRequiredProperty("local.server.port", int.class);
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + other + PATH))
              .header("Content-Type", JSON_TYPE)
              .POST(HttpRequest.BodyPublishers.ofByteArray(json("x", "5.1.1")));

      assertThat(problem(send(request.build()))).isEqualTo("404 not-found");
      assertThat(problem(send(request.header("Authorization", "Bearer ").build())))
          .isEqualTo("404 not-found");
    }
  }

  @Test
  void aReportShouldBeToldOnceSomebodyListens() throws Exception {
    UUID id = UUID.randomUUID();
    String messageId = sent(id, address("broker"), "sealed").getMessageID();

    broker.deleteQueue(QUEUE.getName());
    assertThat(report(messageId, "5.1.1").statusCode()).isEqualTo(204);
    await("event in the outbox", () -> outbox(id) == 1);
    listen();

    assertThat(await(id).kind()).isEqualTo(Kind.HARD);
    await("empty outbox", () -> outbox(id) == 0);
  }

  private int outbox(UUID mail) {
    return jdbc.sql("SELECT count(*) FROM outbox WHERE message_id = ?")
        .param("mail-bounced:" + mail)
        .query(Integer.class)
        .single();
  }

  @Test
  void aReportShouldBeAskedForAgainWhileTheStoreIsAway() throws Exception {
    UUID id = UUID.randomUUID();
    String messageId = sent(id, address("store"), "sealed").getMessageID();

    POSTGRES.shut();
    try {
      assertThat(problem(report(messageId, "5.1.1"))).isEqualTo("503 store-unavailable");
    } finally {
      POSTGRES.open();
    }
    await("report", () -> report(messageId, "5.1.1").statusCode() == 204);

    assertThat(await(id).kind()).isEqualTo(Kind.HARD);
  }

  @ParameterizedTest
  @CsvSource({"550,5.1.1,HARD", "550,5.7.1,SOFT", "552,5.2.2,SOFT"})
  void whatTheServerRefusesAtOnceShouldHaveBouncedToo(String code, String status, Kind kind) {
    UUID id = UUID.randomUUID();

    publish(id, address("rcpt-" + code + "-e" + status.replace('.', '_')), "sealed");

    MailBounced bounced = await(id);
    assertThat(bounced.kind()).isEqualTo(kind);
    assertThat(bounced.status()).isEqualTo(status);
  }

  @Test
  void theMailboxShouldBeReadAndCleared() throws Exception {
    GreenMail server =
        new GreenMail(
            new ServerSetup[] {
              new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
              new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAP)
            });
    server.start();
    try {
      GreenMailUser user = server.setUser("bounces@chat.example", "bounces", "pass word");
      UUID id = UUID.randomUUID();
      String messageId = sent(id, address("imap"), "sealed").getMessageID();
      deliver(user, Notifications.returningHeaders("5.1.1", messageId));
      deliver(user, "Subject: Holiday\r\n\r\nBack soon.".getBytes(StandardCharsets.UTF_8));
      ImapMailbox mailbox = mailbox(server, "pass word");

      POSTGRES.shut();
      try {
        mailbox.look();
      } finally {
        POSTGRES.open();
      }
      assertThat(server.getReceivedMessages()).hasSize(2);
      mailbox(server, "wrong").look();
      await(
          "bounce",
          () -> {
            mailbox.look();
            return server.getReceivedMessages().length == 1;
          });
      mailbox.look();

      assertThat(await(id).kind()).isEqualTo(Kind.HARD);
      assertThat(server.getReceivedMessages()).hasSize(1);
      assertThat(server.getReceivedMessages()[0].getSubject()).isEqualTo("Holiday");
    } finally {
      server.stop();
    }
  }

  private ImapMailbox mailbox(GreenMail server, String password) {
    BounceProperties.Mailbox at =
        new BounceProperties.Mailbox(
            "127.0.0.1", server.getImap().getPort(), "bounces", password, false, "INBOX");
    return new ImapMailbox(new BounceProperties("", at), reader, bounces);
  }

  private static void deliver(GreenMailUser user, byte[] mail) {
    user.deliver(GreenMailUtil.newMimeMessage(new ByteArrayInputStream(mail)));
  }

  // --- mails

  private static String address(String name) {
    return name + "-" + UUID.randomUUID() + "@mails.example";
  }

  private void publish(UUID id, String to, @Nullable String recipient) {
    Map<String, String> values =
        Map.of("displayName", "Ann", "link", "https://chat.example/verify-email#x");
    String mail = JSON.writeValueAsString(new Mail(to, "verify-email", "en", values, recipient));
    Instant now = Instant.now();
    MailRequested requested =
        new MailRequested(id, seal.sealText(mail, id.toString()), now, now.plusSeconds(600));
    rabbit.send(
        MailRequested.EXCHANGE,
        MailRequested.ROUTING_KEY,
        MessageBuilder.withBody(JSON.writeValueAsBytes(requested))
            .setContentType(JSON_TYPE)
            .build());
  }

  private MimeMessage sent(UUID id, String to, @Nullable String recipient) {
    publish(id, to, recipient);
    await("mail to " + to, () -> mail(to) != null);
    return Objects.requireNonNull(mail(to));
  }

  private static @Nullable MimeMessage mail(String to) {
    return Arrays.stream(MAILS.getReceivedMessages())
        .filter(mail -> isTo(mail, to))
        .findFirst()
        .orElse(null);
  }

  private static boolean isTo(MimeMessage mail, String to) {
    try {
      return mail.getRecipients(RecipientType.TO)[0].toString().equals(to);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  // --- reports

  private static final String BEARER = "Bearer " + BOUNCE_SECRET;

  private static String basic(String password) {
    return "Basic "
        + Base64.getEncoder().encodeToString(("hook:" + password).getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] json(String messageId, String status) {
    return JSON.writeValueAsBytes(Map.of("messageId", messageId, "status", status));
  }

  private HttpResponse<String> report(String messageId, String status) {
    return post(JSON_TYPE, json(messageId, status), BEARER);
  }

  private HttpResponse<String> report(byte[] notification, String authorization) {
    return post(RFC822, notification, authorization);
  }

  private HttpResponse<String> post(String type, byte[] body, @Nullable String authorization) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + PATH))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return send(request.build());
  }

  private static String problem(HttpResponse<String> response) {
    String type = JSON.readTree(response.body()).path("type").asString("");
    return response.statusCode() + " " + type.substring(type.lastIndexOf('/') + 1);
  }

  // --- what came of them

  private MailBounced await(UUID mail) {
    await("what was told of " + mail, () -> receive() || knows(mail));
    return told.stream().filter(bounced -> bounced.mailId().equals(mail)).findFirst().get();
  }

  private boolean knows(UUID mail) {
    return told.stream().anyMatch(bounced -> bounced.mailId().equals(mail));
  }

  /** True never: it only makes the queue emptier. */
  private boolean receive() {
    Message message = rabbit.receive(QUEUE.getName());
    if (message != null) {
      told.add(JSON.readValue(message.getBody(), MailBounced.class));
    }
    return false;
  }

  /** What was told before this one has come once this one has. */
  private void last(String messageId) {
    UUID mail = marks.find(messageId).orElseThrow();
    assertThat(report(messageId, "5.1.1").statusCode()).isEqualTo(204);
    await(mail);
  }

  private double counted(String outcome) {
    String line = "parley_mail_bounces_total{";
    return call("GET", "/actuator/prometheus", null, null)
        .body()
        .lines()
        .filter(text -> text.startsWith(line) && text.contains("outcome=\"" + outcome + "\""))
        .mapToDouble(text -> Double.parseDouble(text.substring(text.lastIndexOf(' '))))
        .sum();
  }
}
