package io.parley.notification.mail;

import static io.parley.notification.MailParts.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.deadletters.DeadLetters;
import io.parley.common.events.MailRequested;
import io.parley.common.events.MailRequested.Mail;
import io.parley.common.events.MessagesStored;
import io.parley.common.secrets.Seal;
import io.parley.notification.ServiceHarness;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** From RabbitMQ to SMTP's wire. What a recipient's name makes the server do: see SmtpGate. */
@ExtendWith(OutputCaptureExtension.class)
class MailsIT extends ServiceHarness {

  private static final String SECRET_LINK = "https://chat.example/reset-password#top-secret-token";

  private final Seal seal = new Seal(SECRET, MailRequested.PURPOSE);
  private final List<Message> deadLetters = new ArrayList<>();
  private final RabbitListenerEndpointRegistry listeners;

  MailsIT(@Autowired RabbitListenerEndpointRegistry listeners) {
    this.listeners = listeners;
  }

  @Test
  void aRequestedMailShouldArrive() throws Exception {
    String to = address("ann");
    MailRequested requested = requested(to, "verify-email", "de-AT", "Änn 你好");

    publish(requested);

    MimeMessage mail = only(to);
    assertThat(mail.getSubject()).isEqualTo("Bestätige deine E-Mail-Adresse");
    assertThat(mail.getFrom()[0]).hasToString("Chat & Co <noreply@chat.example>");
    assertThat(mail.getMessageID())
        .matches("<" + requested.id().toString().replace("-", "") + "[0-9a-f]{16}@chat\\.example>");
    assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
    assertThat(mail.getHeader("Content-Language")).containsExactly("de");
    assertThat(text(mail, "text/plain"))
        .contains("Hallo Änn 你好,", "\r\nAdresse bestätigen:\r\n" + SECRET_LINK + "\r\n");
    assertThat(text(mail, "text/html"))
        .contains("<bdi>Änn 你好</bdi>", "href=\"" + SECRET_LINK + "\"");
    await("record", () -> "SENT".equals(state(requested)));
    // Counted after it is recorded.
    Pattern counted =
        Pattern.compile("parley_mails_total\\{.*outcome=\"SENT\".*template=\"verify-email\"");
    await(
        "count",
        () -> counted.matcher(call("GET", "/actuator/prometheus", null, null).body()).find());
  }

  @Test
  void aRepeatedRequestShouldSendOneMail() throws Exception {
    String to = address("once");
    MailRequested requested = requested(to, "password-changed", "en", "Ann");

    IntStream.range(0, 15).forEach(i -> publish(requested));
    try (ConfigurableApplicationContext second = anotherNode(ENVIRONMENT)) {
      assertThat(second.isRunning()).isTrue();
      IntStream.range(0, 15).forEach(i -> publish(requested));
      await("mail", () -> !mails(to).isEmpty());
      mailsDrained();
    }
    publish(requested);
    mailsDrained();

    assertThat(mails(to)).hasSize(1);
    assertThat(SMTP.tries(to)).isEqualTo(1);
  }

  @Test
  void whatTheServerDefersShouldBeTriedAgain() throws Exception {
    String atRecipient = address("rcpt-450-2");
    String atText = address("data-451-2");
    String lacksLogin = address("rcpt-530-1");
    List<String> all = List.of(atRecipient, atText, lacksLogin);

    all.forEach(to -> publish(requested(to, "verify-email", "en", "Ann")));

    for (String to : all) {
      await("mail to " + to, () -> !mails(to).isEmpty());
    }
    mailsDrained();
    all.forEach(to -> assertThat(mails(to)).hasSize(1));
    assertThat(SMTP.tries(atRecipient)).isEqualTo(3);
    assertThat(SMTP.tries(atText)).isEqualTo(3);
    assertThat(SMTP.tries(lacksLogin)).isEqualTo(2);
  }

  @Test
  void whatTheServerRefusesShouldBeADeadLetterAtOnce(CapturedOutput output) {
    for (String script : List.of("rcpt-550", "data-554", "rcpt-553")) {
      String to = address(script);
      MailRequested requested = requested(to, "reset-password", "en", "Ann");

      publish(requested);

      Message dead = deadLetter(requested.id().toString());
      assertThat(dead.getMessageProperties().<Object>getHeader(DeadLetters.REASON))
          .isEqualTo("refused: " + script.substring(5));
      assertThat(SMTP.tries(to)).isEqualTo(1);
      assertThat(state(requested)).isEqualTo("REFUSED");
      assertThat(new String(dead.getBody(), StandardCharsets.UTF_8))
          .doesNotContain("top-secret", to);
      assertThat(output.getAll()).doesNotContain("top-secret", to);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "@",
        "a@",
        "@b.example",
        "a b@c.example",
        "a@b.example, c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\u0000",
        "Name <a@b.example>",
        "group: a@b.example;",
        "a@b..example",
        "a@-.example",
        "Änn@b.example",
        "a@b@c.example"
      })
  void whatIsNoAddressShouldBeADeadLetter(String to) {
    MailRequested requested = requested(to, "email-changed", "en", "Ann");

    publish(requested);

    assertThat(
            deadLetter(requested.id().toString())
                .getMessageProperties()
                .<Object>getHeader(DeadLetters.REASON))
        .isEqualTo("refused: not an address");
  }

  @Test
  void anInternationalDomainShouldBeReached() throws Exception {
    String name = "idn-" + UUID.randomUUID();

    publish(requested(name + "@bücher.example", "email-changed", "en", "Ann"));

    only(name + "@xn--bcher-kva.example");
  }

  @Test
  void naughtyValuesShouldNeitherAddHeadersNorMarkup() throws Exception {
    String to = address("naughty");
    String name = "A\r\nBcc: victim@evil.example\r\n\r\n<script>x</script>{link}\u202E";

    publish(
        requested(
            to,
            "new-login",
            "en",
            Map.of("displayName", name, "device", name, "address", "1.2.3.4\r\n.\r\nQUIT")));

    MimeMessage mail = only(to);
    assertThat(mail.getHeader("Bcc")).isNull();
    assertThat(mail.getAllRecipients()).hasSize(1);
    assertThat(mail.getSubject()).isEqualTo("New login to your account");
    assertThat(text(mail, "text/html")).contains("&lt;script&gt;").doesNotContain("<script");
    assertThat(text(mail, "text/plain"))
        .contains("Hello A Bcc: victim@evil. example <script>x</script>{link},")
        .contains("Address: 1. 2. 3. 4 . QUIT\r\n");
    assertThat(mails("victim@evil.example")).isEmpty();
  }

  @Test
  void aServerThatIsAwayShouldBeWaitedFor() throws Exception {
    String to = address("patient");
    MailRequested requested = requested(to, "verify-email", "en", "Ann");

    SMTP.shut();
    try {
      publish(requested);
      await("first try", () -> "DEFERRED".equals(state(requested)));
      // An answer may be kept from before.
      await(
          "trouble",
          () -> "no answer".equals(health().at("/components/mails/details/trouble").asString("")));
      JsonNode health = health();
      assertThat(health.at("/components/mails/status").asString()).isEqualTo("UP");
      sleep(Duration.ofSeconds(2));
      assertThat(mails(to)).isEmpty();
    } finally {
      SMTP.open();
    }

    only(to);
    await("health", () -> health().at("/components/mails/details/trouble").isMissingNode());
    mailsDrained();
    assertThat(mails(to)).hasSize(1);
  }

  @Test
  void anAnswerThatIsLostMaySendTheMailTwice() throws Exception {
    String to = address("lost-1");

    publish(requested(to, "verify-email", "en", "Ann"));

    await("both", () -> mails(to).size() == 2);
    mailsDrained();
    assertThat(mails(to)).hasSize(2);
    assertThat(mails(to).get(0).getMessageID()).isEqualTo(mails(to).get(1).getMessageID());
  }

  @Test
  void postgresAwayAfterTheSendShouldNotSendTwice() throws Exception {
    String to = address("recorded");
    MailRequested requested = requested(to, "verify-email", "en", "Ann");
    jdbc.sql(
            """
            CREATE FUNCTION slow() RETURNS trigger AS
              'BEGIN IF NEW.state = ''SENT'' AND NEW.id = ''%s'' THEN PERFORM pg_sleep(1.5); END IF;
               RETURN NEW; END' LANGUAGE plpgsql
            """
                .formatted(requested.id()))
        .update();
    jdbc.sql("CREATE TRIGGER slow BEFORE UPDATE ON mails FOR EACH ROW EXECUTE FUNCTION slow()")
        .update();
    try {
      publish(requested);
      await("mail", () -> !mails(to).isEmpty());
      POSTGRES.shut();
      sleep(Duration.ofSeconds(2));
    } finally {
      POSTGRES.open();
      jdbc.sql("DROP TRIGGER slow ON mails").update();
      jdbc.sql("DROP FUNCTION slow").update();
    }

    await("record", () -> "SENT".equals(state(requested)));
    mailsDrained();
    assertThat(mails(to)).hasSize(1);
  }

  @Test
  void anExpiredMailShouldBeDropped() {
    String to = address("late");
    MailRequested requested =
        requested(
            UUID.randomUUID(),
            to,
            "verify-email",
            "en",
            values("Ann"),
            Instant.parse("2026-01-01T00:00:00Z"));

    publish(requested);

    await("record", () -> "EXPIRED".equals(state(requested)));
    assertThat(SMTP.tries(to)).isZero();
  }

  @Test
  void whatIsNotReadableShouldBeADeadLetterAndHoldUpNobody(CapturedOutput output) throws Exception {
    String to = address("after-poison");
    MailRequested good = requested(to, "verify-email", "en", "Ann");
    MailRequested other = requested(to, "verify-email", "en", "Ann");
    String swapped =
        JSON.writeValueAsString(
            new MailRequested(UUID.randomUUID(), good.sealed(), good.at(), good.expiresAt()));
    List<String> unreadable =
        List.of(
            "",
            "null",
            "[]",
            "{",
            "{}",
            "\"x\"",
            JSON.writeValueAsString(good).replace(good.id().toString(), "no-id"),
            JSON.writeValueAsString(good).replace("\"sealed\"", "\"unsealed\""));
    List<String> failing =
        List.of(
            swapped,
            JSON.writeValueAsString(
                new MailRequested(other.id(), "AAAA", other.at(), other.expiresAt())),
            JSON.writeValueAsString(sealed("[\"top-secret\"]")),
            JSON.writeValueAsString(sealed("{\"to\":\"top-secret\"}")),
            JSON.writeValueAsString(
                requested(to, "verify-email", "en", Map.of("displayName", "top-secret"))),
            JSON.writeValueAsString(
                requested(
                    to,
                    "verify-email",
                    "en",
                    Map.of("displayName", "A", "link", "javascript:top-secret"))));

    unreadable.forEach(body -> publish(body.getBytes(StandardCharsets.UTF_8)));
    failing.forEach(body -> publish(body.getBytes(StandardCharsets.UTF_8)));
    publish(good);

    only(to);
    for (String body : unreadable) {
      assertThat(reason(body)).isEqualTo("not readable");
    }
    for (String body : failing) {
      assertThat(reason(body)).isEqualTo("failed: UnreadableMailException");
    }
    assertThat(output.getAll()).doesNotContain("top-secret");
  }

  /** A newer user-service beside this process. */
  @Test
  void anUnknownTemplateShouldWaitUntilItExpires() {
    MailRequested requested =
        requested(
            UUID.randomUUID(),
            address("new"),
            "from-the-future",
            "en",
            values("Ann"),
            Instant.now().plusSeconds(2));

    publish(requested);

    await("record", () -> "EXPIRED".equals(state(requested)));
  }

  @Test
  void mailsShouldWaitInRabbitmqWhenThereIsNoServer() throws Exception {
    String to = address("waiting");
    Map<String, String> off = new HashMap<>(ENVIRONMENT);
    off.put("PARLEY_SMTP_HOST", "");
    off.put("PARLEY_MAIL_FROM", "");
    consumer().stop();
    try (ConfigurableApplicationContext node = anotherNode(off)) {
      publish(requested(to, "verify-email", "en", "Ann"));
      sleep(Duration.ofSeconds(2));
      assertThat(mails(to)).isEmpty();
      MailHealth health = node.getBean(MailHealth.class);
      assertThat(health.health().getDetails())
          .containsEntry("mail", "off")
          .hasEntrySatisfying(
              "waiting", waiting -> assertThat(((Number) waiting).intValue()).isPositive());
    } finally {
      consumer().start();
    }

    only(to);
  }

  // --- requests

  private static String address(String name) {
    return name + "-" + UUID.randomUUID() + "@mails.example";
  }

  private static Map<String, String> values(String name) {
    return Map.of("displayName", name, "link", SECRET_LINK);
  }

  private MailRequested requested(String to, String template, String locale, String name) {
    return requested(to, template, locale, values(name));
  }

  private MailRequested requested(
      String to, String template, String locale, Map<String, String> values) {
    Instant later = Instant.now().plusSeconds(600);
    return requested(UUID.randomUUID(), to, template, locale, values, later);
  }

  private MailRequested requested(
      UUID id,
      String to,
      String template,
      String locale,
      Map<String, String> values,
      Instant expiresAt) {
    String mail = JSON.writeValueAsString(new Mail(to, template, locale, values, null));
    return new MailRequested(id, seal.sealText(mail, id.toString()), Instant.now(), expiresAt);
  }

  private MailRequested sealed(String content) {
    UUID id = UUID.randomUUID();
    Instant now = Instant.now();
    return new MailRequested(id, seal.sealText(content, id.toString()), now, now.plusSeconds(600));
  }

  private void publish(MailRequested requested) {
    publish(JSON.writeValueAsBytes(requested));
  }

  private void publish(byte[] body) {
    rabbit.send(
        MessagesStored.EXCHANGE,
        MailRequested.ROUTING_KEY,
        MessageBuilder.withBody(body)
            .setContentType("application/json")
            .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
            .build());
  }

  // --- what came of them

  private static List<MimeMessage> mails(String to) {
    return Arrays.stream(MAILS.getReceivedMessages()).filter(mail -> isTo(mail, to)).toList();
  }

  private static boolean isTo(MimeMessage mail, String to) {
    try {
      return mail.getRecipients(RecipientType.TO)[0].toString().equals(to);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static MimeMessage only(String to) {
    await("mail to " + to, () -> !mails(to).isEmpty());
    assertThat(mails(to)).hasSize(1);
    return mails(to).getFirst();
  }

  private @Nullable String state(MailRequested requested) {
    return jdbc.sql("SELECT state FROM mails WHERE id = ?")
        .param(requested.id())
        .query(String.class)
        .optional()
        .orElse(null);
  }

  private JsonNode health() {
    return JSON.readTree(call("GET", "/actuator/health", null, null).body());
  }

  private MessageListenerContainer consumer() {
    return Objects.requireNonNull(listeners.getListenerContainer("mails"));
  }

  private void mailsDrained() {
    drained(MailRequested.QUEUE);
  }

  private @Nullable Object reason(String body) {
    byte[] expected = body.getBytes(StandardCharsets.UTF_8);
    return deadLetter(dead -> Arrays.equals(dead, expected))
        .getMessageProperties()
        .getHeader(DeadLetters.REASON);
  }

  private Message deadLetter(String containing) {
    return deadLetter(body -> new String(body, StandardCharsets.UTF_8).contains(containing));
  }

  private Message deadLetter(Predicate<byte[]> wanted) {
    await(
        "dead letter",
        () -> {
          Message message = rabbit.receive(MailRequested.QUEUE + ".dead");
          if (message != null) {
            deadLetters.add(message);
          }
          return deadLetters.stream().anyMatch(dead -> wanted.test(dead.getBody()));
        });
    return deadLetters.stream().filter(dead -> wanted.test(dead.getBody())).findFirst().get();
  }
}
