package io.parley.user.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.UserId;
import io.parley.user.account.Accounts;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** The list of sessions, and how they end. */
class SessionsIT extends UserServiceIT {

  private static final String LOGIN = "/api/v1/auth/login";
  private static final String SESSIONS = "/api/v1/users/me/sessions";

  @Autowired private Sessions sessions;
  @Autowired private Accounts accounts;

  @Test
  void listShouldShowDeviceAddressAndWhichIsCurrent() {
    SignedIn phone = register();
    SignedIn laptop =
        signedIn(
            api()
                .from("203.0.113.7")
                .post(
                    LOGIN,
                    Map.of(
                        "login", phone.username(), "password", PASSWORD, "deviceName", "Büro 💻")));

    Api.Answer answer = as(laptop).get(SESSIONS);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("items")).hasSize(2);
    JsonNode newest = answer.json().at("/items/0");
    assertThat(newest.propertyNames())
        .containsExactlyInAnyOrder("id", "device", "address", "createdAt", "usedAt", "current");
    assertThat(newest.get("device").asString()).isEqualTo("Büro 💻");
    assertThat(newest.get("address").asString()).isEqualTo("203.0.113.7");
    assertThat(newest.get("current").asBoolean()).isTrue();
    assertThat(answer.json().at("/items/1/current").asBoolean()).isFalse();
    assertThat(answer.json().at("/items/1/address").asString()).isEqualTo("127.0.0.1");
  }

  @Test
  void listShouldFollowRefreshes() {
    SignedIn phone = register();
    clock.forward(Duration.ofMinutes(5));
    SignedIn refreshed =
        signedIn(
            api()
                .from("2001:db8::7")
                .post("/api/v1/auth/refresh", Map.of("refreshToken", phone.refreshToken())));

    JsonNode session = as(refreshed).get(SESSIONS).json().at("/items/0");

    assertThat(session.get("address").asString()).isEqualTo("2001:db8::7");
    assertThat(session.get("usedAt").asString()).isGreaterThan(session.get("createdAt").asString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 | Firefox on Linux",
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0"
            + " | Edge on Windows",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
            + " | Safari on iPhone",
        "Mozilla/5.0 (Linux; Android 15) Chrome/138.0 Mobile Safari/537.36 | Chrome on Android",
        "curl/8.5.0 | curl",
        "(nothing) | Unknown device",
      })
  void loginShouldNameTheDeviceByItsUserAgent(String userAgent, String name) {
    SignedIn user = register();
    SignedIn again =
        signedIn(
            api()
                .with("User-Agent", userAgent)
                .post(LOGIN, Map.of("login", user.username(), "password", PASSWORD)));

    assertThat(as(again).get(SESSIONS).at("/items/0/device")).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\"\\u0000\"", "\"a\\nb\"", "1", "[]", "\"\\ud800\""})
  void loginShouldRefuseDeviceNamesThatAreNoText(String deviceName) {
    SignedIn user = register();
    String value = deviceName.isBlank() ? "\"" + deviceName + "\"" : deviceName;

    Api.Answer answer =
        api()
            .post(
                LOGIN,
                "{\"login\":\""
                    + user.username()
                    + "\",\"password\":\""
                    + PASSWORD
                    + "\",\"deviceName\":"
                    + value
                    + "}");

    assertThat(answer.problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void revokeShouldEndOneSessionAtOnce() {
    SignedIn phone = register();
    SignedIn laptop = logIn(phone);
    String id = currentId(phone);

    assertThat(as(laptop).delete(SESSIONS + "/" + id).status()).isEqualTo(204);

    assertThat(as(phone).get(SESSIONS).problem()).isEqualTo("401 unauthenticated");
    assertThat(refresh(phone).problem()).isEqualTo("401 refresh-token-invalid");
    assertThat(refresh(laptop).status()).isEqualTo(200);
    assertThat(as(laptop).delete(SESSIONS + "/" + id).problem()).isEqualTo("404 not-found");
    assertThat(audited("session.ended", id)).isEqualTo(1);
  }

  @Test
  void revokeShouldKnowNoSessionsOfOthers() {
    SignedIn ann = register();
    SignedIn bob = register();

    assertThat(as(bob).delete(SESSIONS + "/" + currentId(ann)).problem())
        .isEqualTo("404 not-found");
    assertThat(as(bob).delete(SESSIONS + "/" + UUID.randomUUID()).problem())
        .isEqualTo("404 not-found");
    assertThat(as(bob).delete(SESSIONS + "/nonsense").problem()).isEqualTo("400 invalid-request");
    assertThat(as(ann).get(SESSIONS).status()).isEqualTo(200);
  }

  @Test
  void sessionsThatNobodyCameBackToShouldBeEnded() {
    SignedIn gone = register();
    clock.forward(Duration.ofDays(15));
    SignedIn alive = register();
    clock.forward(Duration.ofDays(15).plusSeconds(1));

    boolean more = true;
    while (more) {
      more = sessions.endExpired();
    }

    assertThat(sessionsOf(gone)).isZero();
    assertThat(sessionsOf(alive)).isEqualTo(1);
    assertThat(refresh(alive).status()).isEqualTo(200);
  }

  private int sessionsOf(SignedIn user) {
    return database
        .sql("SELECT count(*) FROM sessions WHERE account_id = CAST(? AS uuid)")
        .param(user.id())
        .query(Integer.class)
        .single();
  }

  @Test
  void revokeOthersShouldLeaveTheCallersOwn() {
    SignedIn phone = register();
    SignedIn laptop = logIn(phone);
    SignedIn tablet = logIn(phone);

    assertThat(as(tablet).delete(SESSIONS).status()).isEqualTo(204);

    assertThat(refresh(phone).problem()).isEqualTo("401 refresh-token-invalid");
    assertThat(refresh(laptop).problem()).isEqualTo("401 refresh-token-invalid");
    assertThat(as(tablet).get(SESSIONS).json().get("items")).hasSize(1);
    assertThat(refresh(tablet).status()).isEqualTo(200);
  }

  @Test
  void lockedAccountsShouldBeToldSoOnlyAfterTheRightPassword() {
    SignedIn ann = register();
    accounts.setLocked(UserId.valueOf(ann.id()), true);

    assertThat(refresh(ann).problem()).isEqualTo("403 account-locked");
    assertThat(api().post(LOGIN, Map.of("login", ann.username(), "password", PASSWORD)).problem())
        .isEqualTo("403 account-locked");
    assertThat(
            api()
                .post(LOGIN, Map.of("login", ann.username(), "password", "not this one"))
                .problem())
        .isEqualTo("401 bad-credentials");

    accounts.setLocked(UserId.valueOf(ann.id()), false);
    assertThat(refresh(ann).status()).isEqualTo(200);
  }

  @Test
  void endAllShouldEndEverySession() {
    SignedIn phone = register();
    SignedIn laptop = logIn(phone);

    assertThat(sessions.endAll(UserId.valueOf(phone.id()), null, EndReason.LOCKED)).isEqualTo(2);

    for (SignedIn each : List.of(phone, laptop)) {
      assertThat(as(each).get(SESSIONS).problem()).isEqualTo("401 unauthenticated");
      assertThat(refresh(each).problem()).isEqualTo("401 refresh-token-invalid");
    }
  }

  @Test
  void tokensShouldHaveTheScopesOfTheirUser() {
    SignedIn fresh = register();
    SignedIn verified = registerVerified();
    SignedIn moderator = registerWithRole("MODERATOR");
    SignedIn admin = registerWithRole("ADMIN");

    assertThat(scope(fresh))
        .contains("account:security", "messages:read")
        .doesNotContain("messages:write", "groups:manage", "moderate", "admin");
    assertThat(scope(verified))
        .contains("account:security", "messages:write", "groups:manage")
        .doesNotContain("moderate", "admin");
    assertThat(scope(moderator)).contains("moderate").doesNotContain("admin");
    assertThat(scope(admin)).contains("moderate", "admin");
    assertThat(as(admin).get("/api/v1/users/me").at("/role")).isEqualTo("admin");
    assertThat(as(verified).post("/api/v1/admin/signing-keys", "").problem())
        .isEqualTo("403 insufficient-scope");
    assertThat(as(verified).post("/api/v1/admin/signing-keys", "").header("www-authenticate"))
        .contains("insufficient_scope")
        .contains("admin");
  }

  private List<String> scope(SignedIn user) {
    Api.Answer answer = refresh(user);
    String claims =
        new String(
            Base64.getUrlDecoder().decode(answer.at("/accessToken").split("\\.")[1]),
            StandardCharsets.UTF_8);
    assertThat(claims).contains("\"scope\":\"" + answer.at("/scope") + "\"");
    return List.of(answer.at("/scope").split(" "));
  }

  private String currentId(SignedIn user) {
    for (JsonNode session : as(user).get(SESSIONS).json().get("items")) {
      if (session.get("current").asBoolean()) {
        return session.get("id").asString();
      }
    }
    throw new AssertionError("no current session");
  }

  private Api.Answer refresh(SignedIn user) {
    return api().post("/api/v1/auth/refresh", Map.of("refreshToken", user.refreshToken()));
  }
}
