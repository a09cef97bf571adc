package io.parley.user.bounce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.common.events.MailBounced;
import io.parley.common.events.MailBounced.Kind;
import io.parley.common.events.MailRequested.Mail;
import io.parley.common.events.UserEvents;
import io.parley.user.broker.UserTopology;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BouncesIT extends UserServiceIT {

  private static final String ME = "/api/v1/users/me";
  private static final String RESEND = "/api/v1/auth/email/resend";
  private static final String FORGOT = "/api/v1/auth/password/forgot";
  private static final String TOKENS = "/api/v1/users/me/tokens";

  private final JsonMapper json = JsonMapper.shared();
  private final RabbitTemplate rabbit;

  BouncesIT(@Autowired RabbitTemplate rabbit) {
    this.rabbit = rabbit;
  }

  @Test
  void aHardBounceShouldSilenceTheAddressUntilItIsVerifiedAgain() {
    SignedIn ann = registerVerified();
    Mail login = mails.await(email(ann), "new-login");
    String tag = as(ann).get(ME).header("etag");

    bounced(login, Kind.HARD);

    await().until(() -> isUnreachable(ann));
    Api.Answer me = as(ann).get(ME);
    assertThat(me.json().get("emailVerified").asBoolean()).isTrue();
    assertThat(me.header("etag")).isNotEqualTo(tag);
    assertThat(audited("email.unreachable", ann.id())).isEqualTo(1);
    makeToken(ann);
    // What proves that the address is theirs is mailed all the same.
    assertThat(as(ann).post(RESEND, "").status()).isEqualTo(202);
    String link = mails.awaitToken(email(ann), "verify-email");
    assertThat(mails.count(email(ann), "token-created")).isZero();
    assertThat(api().post("/api/v1/auth/email/verify", Map.of("token", link)).status())
        .isEqualTo(204);
    assertThat(isUnreachable(ann)).isFalse();
    assertThat(mails.count(email(ann), "new-email")).isZero();
    makeToken(ann);
    mails.await(email(ann), "token-created");
    // Late news of a mail from before say nothing of now.
    bounced(login, Kind.HARD);
    bounced(UUID.randomUUID(), login.recipient(), Kind.HARD);
    settled();
    assertThat(isUnreachable(ann)).isFalse();
  }

  @Test
  void aResetShouldProveTheAddressToo() {
    SignedIn ann = registerVerified();
    bounced(mails.await(email(ann), "new-login"), Kind.HARD);
    await().until(() -> isUnreachable(ann));

    api().post(FORGOT, Map.of("email", email(ann)));
    String token = mails.awaitToken(email(ann), "reset-password");
    assertThat(
            api()
                .post(
                    "/api/v1/auth/password/reset", Map.of("token", token, "newPassword", PASSWORD))
                .status())
        .isEqualTo(200);

    SignedIn again = logIn(ann);
    assertThat(isUnreachable(again)).isFalse();
    mails.await(email(ann), "password-reset");
  }

  @Test
  void softBouncesShouldCountOncePerMail() {
    SignedIn ann = registerVerified();
    Mail login = mails.await(email(ann), "new-login");
    UUID often = UUID.randomUUID();

    for (int i = 0; i < 8; i++) {
      bounced(often, login.recipient(), Kind.SOFT);
    }
    for (int i = 0; i < 3; i++) {
      bounced(UUID.randomUUID(), login.recipient(), Kind.SOFT);
    }
    settled();
    assertThat(isUnreachable(ann)).isFalse();
    bounced(UUID.randomUUID(), login.recipient(), Kind.SOFT);
    await().until(() -> isUnreachable(ann));
  }

  @Test
  void softBouncesOfLongAgoShouldNotCount() {
    SignedIn ann = registerVerified();
    Mail login = mails.await(email(ann), "new-login");
    for (int i = 0; i < 4; i++) {
      bounced(UUID.randomUUID(), login.recipient(), Kind.SOFT);
    }
    settled();

    clock.forward(Duration.ofDays(31));
    bounced(UUID.randomUUID(), login.recipient(), Kind.SOFT);

    settled();
    assertThat(isUnreachable(logIn(ann))).isFalse();
  }

  @Test
  void aSoftBounceMayTurnOutAHardOne() {
    SignedIn ann = registerVerified();
    Mail login = mails.await(email(ann), "new-login");
    UUID mail = UUID.randomUUID();

    bounced(mail, login.recipient(), Kind.SOFT);
    bounced(mail, login.recipient(), Kind.HARD);

    await().until(() -> isUnreachable(ann));
  }

  @Test
  void bouncesOfOtherAddressesShouldSayNothing() {
    SignedIn ann = registerVerified();
    Mail old = mails.await(email(ann), "new-login");
    String next = "next" + email(ann);
    as(ann).put("/api/v1/users/me/email", Map.of("email", next, "password", PASSWORD));
    Mail toNext = mails.await(next, "verify-email");
    bounced(toNext, Kind.HARD);
    settled();
    assertThat(isUnreachable(ann)).isFalse();
    String token = String.valueOf(toNext.values().get("link")).replaceAll(".*#", "");
    api().post("/api/v1/auth/email/verify", Map.of("token", token));
    assertThat(as(ann).get(ME).at("/email")).isEqualTo(next);

    bounced(old, Kind.HARD);
    bounced(mails.await(email(ann), "email-changed"), Kind.HARD);
    bounced(UUID.randomUUID(), "nonsense", Kind.HARD);
    bounced(UUID.randomUUID(), String.valueOf(old.recipient()).replace('A', 'B'), Kind.HARD);

    settled();
    assertThat(isUnreachable(ann)).isFalse();
  }

  @Test
  void whatIsNotReadableShouldBeADeadLetter() {
    publish("{\"mailId\":7}".getBytes(StandardCharsets.UTF_8));

    await().until(() -> rabbit.receive(UserTopology.deadName(UserTopology.MAIL_BOUNCES)) != null);
  }

  /** Who registered with an address and never followed the link. */
  @Test
  void anAddressThatWasNotVerifiedInTimeShouldGetNothingButAFewLinks() {
    whileTriesAreCounted(
        () -> {
          SignedIn ann = register();
          mails.await(email(ann), "verify-email");
          clock.forward(Duration.ofHours(25));
          SignedIn later = logIn(ann);

          assertThat(as(later).post(RESEND, "").status()).isEqualTo(202);
          mails.await(email(ann), "verify-email");
          Api.Answer second = as(later).post(RESEND, "");
          assertThat(second.problem()).isEqualTo("429 rate-limited");
          assertThat(second.at("/limiter")).isEqualTo("mails");
          // Asked for by anybody, and answered as ever.
          assertThat(api().post(FORGOT, Map.of("email", email(ann))).status()).isEqualTo(202);
          SignedIn other = registerVerified();
          api().post(FORGOT, Map.of("email", email(other)));
          mails.await(email(other), "reset-password");
          for (String template : List.of("reset-password", "new-login", "token-created")) {
            assertThat(mails.count(email(ann), template)).as(template).isZero();
          }
        });
  }

  private boolean isUnreachable(SignedIn user) {
    JsonNode since = as(user).get(ME).json().get("emailUnreachableSince");
    return since != null && !since.isNull();
  }

  private void makeToken(SignedIn user) {
    Map<String, Object> command =
        Map.of(
            "name",
            "x",
            "scopes",
            List.of("messages:read"),
            "password",
            PASSWORD,
            "expiresAt",
            clock.instant().plus(Duration.ofDays(7)).toString());
    assertThat(as(user).post(TOKENS, command).status()).isEqualTo(201);
  }

  private void bounced(Mail mail, Kind kind) {
    bounced(UUID.randomUUID(), mail.recipient(), kind);
  }

  private void bounced(UUID mail, @Nullable String recipient, Kind kind) {
    String status = kind == Kind.HARD ? "5.1.1" : "4.2.2";
    publish(
        json.writeValueAsBytes(
            new MailBounced(
                mail, Objects.requireNonNull(recipient), kind, status, clock.instant())));
  }

  private void publish(byte[] body) {
    rabbit.send(
        UserEvents.EXCHANGE,
        MailBounced.ROUTING_KEY,
        MessageBuilder.withBody(body).setContentType("application/json").build());
  }

  /** What was published before has been dealt with once the bounce of another user's mail has. */
  private void settled() {
    SignedIn other = registerVerified();
    bounced(mails.await(email(other), "new-login"), Kind.HARD);
    await().until(() -> isUnreachable(other));
  }
}
