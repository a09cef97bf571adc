package io.parley.notification.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.configuration.GreenMailConfiguration;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.parley.common.access.AccessProperties;
import io.parley.notification.mail.SmtpProperties.Tls;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins and encryption; what the server says to mails is in MailsIT. */
class SmtpServerTest {

  private static final String SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=";
  private static final Instant NOW = Instant.parse("2026-03-01T10:15:30Z");

  private final GreenMail plain = greenMail(ServerSetup.PROTOCOL_SMTP);
  private final GreenMail encrypted = greenMail(ServerSetup.PROTOCOL_SMTPS);

  private static GreenMail greenMail(String protocol) {
    ServerSetup setup = new ServerSetup(0, "127.0.0.1", protocol);
    setup.setServerStartupTimeout(30_000);
    GreenMail greenMail = new GreenMail(setup);
    greenMail.withConfiguration(
        GreenMailConfiguration.aConfig().withUser("app@chat.example", "app", "pass word"));
    return greenMail;
  }

  @BeforeEach
  void start() {
    plain.start();
    encrypted.start();
  }

  @AfterEach
  void stop() {
    plain.stop();
    encrypted.stop();
  }

  @Test
  void aLoginShouldBeMadeWhenThereIsAUser() throws Exception {
    assertThat(send(plain, "app", "pass word", Tls.AUTO)).isEqualTo(SmtpOutcome.SENT);

    assertThat(plain.getReceivedMessages()).hasSize(1);
    assertThat(plain.getReceivedMessages()[0].getSentDate().toInstant()).isEqualTo(NOW);
  }

  @Test
  void aRefusedLoginShouldNotLoseTheMail() {
    assertThat(send(plain, "app", "wrong", Tls.AUTO))
        .isEqualTo(SmtpOutcome.deferred("login refused"));
    assertThat(plain.getReceivedMessages()).isEmpty();
  }

  @Test
  void nothingShouldBeSentWithoutTheEncryptionThatIsRequired() {
    assertThat(send(plain, "app", "pass word", Tls.REQUIRED).state())
        .isEqualTo(SmtpOutcome.State.DEFERRED);
    assertThat(plain.getReceivedMessages()).isEmpty();
  }

  @Test
  void aServerWithAnUnknownCertificateShouldGetNothing() {
    assertThat(send(encrypted, "app", "pass word", Tls.IMPLICIT).state())
        .isEqualTo(SmtpOutcome.State.DEFERRED);
    assertThat(encrypted.getReceivedMessages()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "no address", "a@b.example, c@d.example", "a@b\r\nX: y"})
  void aWrongSenderShouldEndTheStart(String from) {
    assertThatThrownBy(
            () ->
                new SmtpProperties(
                    "smtp.example", 25, "", "", from, Tls.AUTO, Duration.ofSeconds(1), ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PARLEY_MAIL_FROM");
  }

  private static SmtpOutcome send(GreenMail to, String user, String password, Tls tls) {
    int port = to.getSmtp() == null ? to.getSmtps().getPort() : to.getSmtp().getPort();
    SmtpProperties properties =
        new SmtpProperties(
            "127.0.0.1",
            port,
            user,
            password,
            "noreply@chat.example",
            tls,
            Duration.ofSeconds(30),
            "");
    MailMarks marks = new MailMarks(new AccessProperties(SECRET, List.of(), null, List.of()));
    return new SmtpServer(properties, marks, Clock.fixed(NOW, ZoneOffset.UTC))
        .send(
            new Letter(
                UUID.randomUUID(),
                "ann@example.org",
                "en",
                "Hello",
                "text",
                "<p>text</p>",
                null,
                null));
  }
}
