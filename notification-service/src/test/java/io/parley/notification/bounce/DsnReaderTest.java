package io.parley.notification.bounce;

import static io.parley.notification.bounce.Notifications.returning;
import static io.parley.notification.bounce.Notifications.returningHeaders;
import static io.parley.notification.bounce.Notifications.returningNothing;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.AccessProperties;
import io.parley.notification.mail.MailMarks;
import io.parley.notification.mail.TestMarks;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DsnReaderTest {

  private static final String SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=";

  private final MailMarks marks =
      TestMarks.of(new AccessProperties(SECRET, List.of(), null, List.of()));

  private final DsnReader reader = new DsnReader(marks);
  private final UUID mail = UUID.randomUUID();
  private final String mark = TestMarks.of(marks, mail);

  @Test
  void aReturnedMailShouldSayWhichItWas() {
    byte[] whole =
        returning("noreply@chat.example", "failed", "5.1.1", "<" + mark + "@chat.example>");

    assertThat(reader.read(whole)).contains(failed("5.1.1"));
    assertThat(reader.read(returningHeaders("4.4.7", "<" + mark + "@chat.example>")))
        .contains(failed("4.4.7"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "To: bounces+%s@chat.example",
        "To: <Bounces+%s@Chat.Example>",
        "Delivered-To: bounces+%s@chat.example",
        "X-Original-To: bounces+%s@chat.example",
        "In-Reply-To: <%s@chat.example>",
        "References: <other@chat.example> <%s@chat.example>"
      })
  void theNotificationsOwnHeadersShouldSayWhichMailItWas(String header) {
    String upper = header.formatted(mark.toUpperCase(Locale.ROOT));

    assertThat(reader.read(returningNothing(header.formatted(mark), "failed", "5.1.1")))
        .contains(failed("5.1.1"));
    assertThat(reader.read(returningNothing(upper, "Failed", "5.1.1"))).contains(failed("5.1.1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"delayed", "delivered", "relayed", "expanded", "fail"})
  void onlyAFailureShouldBeOne(String action) {
    assertThat(reader.read(returningNothing("To: b+" + mark + "@chat.example", action, "4.4.1")))
        .contains(new DeliveryReport(mail, null));
  }

  @Test
  void aFailureWithoutACodeShouldBeNone() {
    assertThat(
            reader.read(returningNothing("To: b+" + mark + "@chat.example", "failed", "unknown")))
        .contains(new DeliveryReport(mail, null));
  }

  @Test
  void aForgedMarkShouldLeadToNoMail() {
    String id = mail.toString().replace("-", "");
    for (String forged :
        List.of(
            id,
            mail.toString(),
            id + "0123456789abcdef",
            mark.substring(0, 47) + (mark.endsWith("0") ? "1" : "0"),
            "0" + mark,
            mark + "0",
            UUID.randomUUID().toString().replace("-", "") + mark.substring(32))) {
      assertThat(reader.read(returningHeaders("5.1.1", "<" + forged + "@chat.example>")))
          .as(forged)
          .isEmpty();
    }
    MailMarks ofAnotherFleet =
        TestMarks.of(
            new AccessProperties(
                "b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItMTI=", List.of(), null, List.of()));
    assertThat(
            reader.read(
                returningHeaders(
                    "5.1.1", "<" + TestMarks.of(ofAnotherFleet, mail) + "@x.example>")))
        .isEmpty();
  }

  @Test
  void whatIsNoNotificationShouldBeNone() {
    String id = "<" + mark + "@chat.example>";
    String whole = new String(returningHeaders("5.1.1", id), StandardCharsets.UTF_8);
    for (String other :
        List.of(
            "",
            "\u0000\u0000",
            "x",
            "Message-ID: " + id + "\r\n\r\nI am on holiday.",
            whole.replace("multipart/report", "multipart/mixed"),
            whole.replace("message/delivery-status", "text/plain"),
            whole.replace("boundary=\"x\"", "boundary=\"y\""),
            whole.replace("Content-Type: multipart/report", "Content-Typ: multipart/report"),
            whole.replace("--x", "--"))) {
      assertThat(reader.read(other.getBytes(StandardCharsets.UTF_8))).as(other).isEmpty();
    }
  }

  /** Whatever comes is answered: nothing a stranger sends may be a bug. */
  @Test
  void damagedNotificationsShouldNeverFail() {
    byte[] whole =
        returning("noreply@chat.example", "failed", "5.1.1", "<" + mark + "@chat.example>");
    Random random = new Random(4711);
    for (int i = 0; i < 3_000; i++) {
      byte[] damaged = whole.clone();
      int changes = 1 + random.nextInt(20);
      for (int j = 0; j < changes; j++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      reader.read(damaged).ifPresent(report -> assertThat(report.mail()).isEqualTo(mail));
    }
  }

  private DeliveryReport failed(String status) {
    return new DeliveryReport(mail, new StatusCode(status));
  }
}
