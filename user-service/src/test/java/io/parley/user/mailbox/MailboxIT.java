package io.parley.user.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.user.mail.MailRecipients;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

class MailboxIT extends UserServiceIT {

  private static final Map<String, String> DIGEST = Map.of("purpose", "digest");

  @Autowired private MailRecipients recipients;

  @Test
  void aVerifiedAddressShouldBeGivenOutAndThatBeKept() {
    SignedIn ann = registerVerified();
    as(ann).patch("/api/v1/users/me", Map.of("displayName", "Ann", "locale", "de"));

    Api.Answer answer = ask(ann.id());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().propertyNames())
        .containsExactly("email", "displayName", "locale", "recipient");
    assertThat(answer.at("/email")).isEqualTo(email(ann));
    assertThat(answer.at("/displayName")).isEqualTo("Ann");
    assertThat(answer.at("/locale")).isEqualTo("de");
    // A bounce of the mail finds its way back.
    assertThat(recipients.open(answer.at("/recipient")))
        .hasValueSatisfying(
            recipient -> {
              assertThat(recipient.account()).hasToString(ann.id());
              assertThat(recipient.email()).isEqualTo(email(ann));
            });
    assertThat(audited("mailbox.disclosed", ann.id())).isEqualTo(1);
  }

  @Test
  void whoHasChosenNoLanguageShouldGetEnglish() {
    assertThat(ask(registerVerified().id()).at("/locale")).isEqualTo("en");
  }

  @Test
  void othersShouldNotBeGivenOut() {
    SignedIn unverified = register();
    SignedIn locked = registerVerified();
    database
        .sql("UPDATE accounts SET locked = true WHERE id = CAST(? AS uuid)")
        .param(locked.id())
        .update();
    SignedIn unreachable = registerVerified();
    database
        .sql("UPDATE accounts SET email_unreachable_at = now() WHERE id = CAST(? AS uuid)")
        .param(unreachable.id())
        .update();
    String bot =
        as(registerVerified())
            .post("/api/v1/bots", Map.of("username", freshName(), "displayName", "Bot"))
            .at("/id");

    for (String id : List.of(unverified.id(), locked.id(), unreachable.id(), bot, nobody())) {
      assertThat(ask(id).status()).isEqualTo(204);
      assertThat(audited("mailbox.disclosed", id)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"purpose\":null}",
        "{\"purpose\":\"advertisements\"}",
        "{\"purpose\":\"DIGEST\"}",
        "{\"purpose\":0}",
        "{\"purpose\":\"digest\",\"more\":1}",
        "[]",
        ""
      })
  void anyOtherQuestionShouldBeRefused(String body) {
    SignedIn ann = registerVerified();

    assertThat(
            serviceNamed("notification-service")
                .send("POST", path(ann.id()), body, "application/json")
                .problem())
        .isEqualTo("400 invalid-request");
    assertThat(audited("mailbox.disclosed", ann.id())).isZero();
  }

  @Test
  void onlyServicesShouldBeAnswered() {
    SignedIn ann = registerVerified();

    assertThat(as(ann).post(path(ann.id()), DIGEST).problem()).isEqualTo("401 unauthenticated");
    assertThat(api().post(path(ann.id()), DIGEST).problem()).isEqualTo("401 unauthenticated");
    assertThat(serviceNamed("notification-service").post(path("me"), DIGEST).problem())
        .isEqualTo("400 invalid-request");
  }

  private Api.Answer ask(String id) {
    return serviceNamed("notification-service").post(path(id), DIGEST);
  }

  private static String nobody() {
    return UUID.randomUUID().toString();
  }

  private static String path(String id) {
    return "/internal/users/" + id + "/mailbox";
  }
}
