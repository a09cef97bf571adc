package io.parley.user.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class AdminUsersIT extends UserServiceIT {

  private static final String USERS = "/api/v1/admin/users";

  @Test
  void findShouldNarrowByEachParameter() {
    Api admin = as(registerWithRole("ADMIN"));
    SignedIn ann = register();
    SignedIn bob = registerWithRole("MODERATOR");
    admin.post(of(ann) + "/lock", Map.of("reason", "spam"));

    assertThat(found(admin, "?query=" + ann.username())).containsExactly(ann.username());
    assertThat(found(admin, "?email=" + bob.username().toUpperCase(java.util.Locale.ROOT)))
        .containsExactly(bob.username());
    assertThat(found(admin, "?role=moderator&query=" + bob.username())).hasSize(1);
    assertThat(found(admin, "?role=user&query=" + bob.username())).isEmpty();
    assertThat(found(admin, "?locked=true&query=" + ann.username())).hasSize(1);
    assertThat(found(admin, "?locked=true&query=" + bob.username())).isEmpty();
    JsonNode page = admin.get(USERS + "?limit=1").json();
    assertThat(page.get("items")).hasSize(1);
    assertThat(page.get("next").isNull()).isFalse();
    assertThat(found(admin, "?limit=1&cursor=" + page.get("next").asString()))
        .doesNotContain(page.at("/items/0/username").asString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?query=",
        "?query=a%00b",
        "?email=",
        "?role=ADMIN",
        "?role=root",
        "?locked=perhaps",
        "?limit=0",
        "?limit=201",
        "?cursor=AAAA",
      })
  void findShouldRefuse(String query) {
    assertThat(as(registerWithRole("ADMIN")).get(USERS + query).problem())
        .isEqualTo("400 invalid-request");
  }

  @Test
  void addressesAndSessionsShouldBeForAdminsOnly() {
    Api admin = as(registerWithRole("ADMIN"));
    Api moderator = as(registerWithRole("MODERATOR"));
    SignedIn ann = register();

    JsonNode seenByAdmin = admin.get(of(ann)).json();
    JsonNode seenByModerator = moderator.get(of(ann)).json();

    assertThat(seenByAdmin.get("email").asString()).isEqualTo(email(ann));
    assertThat(seenByAdmin.get("sessions")).hasSize(1);
    assertThat(seenByAdmin.get("kind").asString()).isEqualTo("user");
    assertThat(seenByModerator.has("email")).isFalse();
    assertThat(seenByModerator.has("sessions")).isFalse();
    assertThat(moderator.get(USERS + "?email=" + ann.username()).problem())
        .isEqualTo("403 insufficient-scope");
    assertThat(moderator.get(USERS + "?query=" + ann.username()).json().at("/items/0").has("email"))
        .isFalse();
  }

  @Test
  void lockShouldEndSessionsAndLetNobodyIn() {
    SignedIn boss = registerWithRole("ADMIN");
    Api admin = as(boss);
    SignedIn ann = register();

    assertThat(admin.post(of(ann) + "/lock", Map.of("reason", "spam <b>👩</b>")).status())
        .isEqualTo(204);

    assertThat(api().post("/api/v1/auth/login", login(ann)).status()).isEqualTo(403);
    assertThat(
            api().post("/api/v1/auth/refresh", Map.of("refreshToken", ann.refreshToken())).status())
        .isIn(401, 403);
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(as(ann).get("/api/v1/users/me").problem())
                    .isEqualTo("401 unauthenticated"));
    JsonNode seen = admin.get(of(ann)).json();
    assertThat(seen.get("locked").asBoolean()).isTrue();
    assertThat(seen.at("/lock/reason").asString()).isEqualTo("spam <b>👩</b>");
    assertThat(seen.at("/lock/by").asString()).isEqualTo(boss.id());
    assertThat(seen.get("sessions")).isEmpty();
    assertThat(actions(ann)).contains("user.locked");

    assertThat(admin.post(of(ann) + "/unlock", "{}").status()).isEqualTo(204);
    assertThat(admin.post(of(ann) + "/unlock", "{}").status()).isEqualTo(204);

    assertThat(api().post("/api/v1/auth/login", login(ann)).status()).isEqualTo(200);
    assertThat(admin.get(of(ann)).json().has("lock")).isFalse();
    assertThat(actions(ann)).containsOnlyOnce("user.unlocked");
  }

  @Test
  void lockShouldEndByItself() {
    Api admin = as(registerWithRole("ADMIN"));
    SignedIn ann = register();

    admin.post(
        of(ann) + "/lock",
        Map.of("reason", "cool down", "until", clock.instant().plusSeconds(300).toString()));
    assertThat(api().post("/api/v1/auth/login", login(ann)).status()).isEqualTo(403);
    clock.forward(Duration.ofSeconds(301));

    // Each try counts: with more of them the account's limit would refuse the one that is right.
    await()
        .pollInterval(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(api().post("/api/v1/auth/login", login(ann)).status()).isEqualTo(200));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"reason\":\"\"}",
        "{\"reason\":\"   \"}",
        "{\"reason\":\"a\\u0000\"}",
        "{\"reason\":1}",
        "{\"reason\":\"x\",\"until\":\"soon\"}",
        "{\"reason\":\"x\",\"until\":\"2001-01-01T00:00:00Z\"}",
        "{\"reason\":\"x\",\"until\":1}",
        "{\"reason\":\"x\",\"until\":\"+1000000000-12-31T00:00:00Z\"}",
        "{\"reason\":\"x\",\"more\":1}",
        "[]",
      })
  void lockShouldRefuse(String body) {
    SignedIn ann = register();
    Api admin = as(registerWithRole("ADMIN"));

    assertThat(admin.post(of(ann) + "/lock", body).problem()).isEqualTo("400 invalid-request");
    assertThat(admin.get(of(ann)).json().get("locked").asBoolean()).isFalse();
    assertThat(admin.post(of(ann) + "/lock", "{\"reason\":\"" + "x".repeat(201) + "\"}").problem())
        .isEqualTo("400 invalid-request");
  }

  /** Rows: who acts on whom. */
  @ParameterizedTest
  @CsvSource({
    "USER, USER, 403 insufficient-scope, 403 insufficient-scope, 403 insufficient-scope",
    "USER, ADMIN, 403 insufficient-scope, 403 insufficient-scope, 403 insufficient-scope",
    "MODERATOR, USER, 204, 403 insufficient-scope, 403 insufficient-scope",
    "MODERATOR, MODERATOR, 403 role-too-low, 403 insufficient-scope, 403 insufficient-scope",
    "MODERATOR, ADMIN, 403 role-too-low, 403 insufficient-scope, 403 insufficient-scope",
    "ADMIN, USER, 204, 204, 202",
    "ADMIN, MODERATOR, 204, 204, 202",
    "ADMIN, ADMIN, 204, 204, 202",
  })
  void whoMayActOnWhom(String actor, String target, String lock, String role, String erase) {
    Api api = as(registerWithRole(actor));
    SignedIn victim = registerWithRole(target);

    assertThat(outcome(api.post(of(victim) + "/lock", Map.of("reason", "x")))).isEqualTo(lock);
    assertThat(outcome(api.post(of(victim) + "/unlock", "{}"))).isEqualTo(lock);
    assertThat(outcome(api.delete(of(victim) + "/sessions"))).isEqualTo(lock);
    assertThat(outcome(api.put(of(victim) + "/role", Map.of("role", "user")))).isEqualTo(role);
    assertThat(outcome(api.delete(of(victim)))).isEqualTo(erase);
  }

  @Test
  void ownAndUnknownAccountsShouldBeRefused() {
    SignedIn boss = registerWithRole("ADMIN");
    registerWithRole("ADMIN");
    Api admin = as(boss);
    String nobody = USERS + "/" + UUID.randomUUID();

    assertThat(admin.post(of(boss) + "/lock", Map.of("reason", "x")).problem())
        .isEqualTo("409 own-account");
    assertThat(admin.delete(of(boss)).problem()).isEqualTo("409 own-account");
    assertThat(admin.get(nobody).problem()).isEqualTo("404 not-found");
    assertThat(admin.post(nobody + "/lock", Map.of("reason", "x")).problem())
        .isEqualTo("404 not-found");
    assertThat(admin.post(nobody + "/unlock", "{}").problem()).isEqualTo("404 not-found");
    assertThat(admin.put(nobody + "/role", Map.of("role", "user")).problem())
        .isEqualTo("404 not-found");
    assertThat(admin.delete(nobody + "/sessions").problem()).isEqualTo("404 not-found");
    assertThat(admin.delete(nobody).problem()).isEqualTo("404 not-found");
    assertThat(admin.get(USERS + "/x").problem()).isEqualTo("400 invalid-request");
    assertThat(admin.delete(nobody + "?messages=burn").problem()).isEqualTo("400 invalid-request");
    for (String body : List.of("{}", "{\"role\":null}", "{\"role\":\"ADMIN\"}", "{\"role\":2}")) {
      assertThat(admin.put(of(boss) + "/role", body).problem()).isEqualTo("400 invalid-request");
    }
    assertThat(api().get(USERS).problem()).isEqualTo("401 unauthenticated");
    assertThat(service().get(USERS).problem()).isEqualTo("401 unauthenticated");
  }

  @Test
  void whoLosesARoleShouldHaveToLogInAgain() {
    Api admin = as(registerWithRole("ADMIN"));
    SignedIn bob = registerWithRole("MODERATOR");

    assertThat(admin.put(of(bob) + "/role", Map.of("role", "user")).status()).isEqualTo(204);

    assertThat(
            api().post("/api/v1/auth/refresh", Map.of("refreshToken", bob.refreshToken())).status())
        .isEqualTo(401);
    // Even before the fleet has heard that the session has ended.
    assertThat(as(bob).post(of(register()) + "/lock", Map.of("reason", "x")).status())
        .isIn(401, 403);
    assertThat(as(logIn(bob)).get(USERS).problem()).isEqualTo("403 insufficient-scope");
    assertThat(actions(bob)).contains("role.changed");
  }

  @Test
  void endSessionsShouldLogOutEverywhere() {
    Api admin = as(registerWithRole("ADMIN"));
    SignedIn ann = register();
    logIn(ann);

    assertThat(admin.get(of(ann)).json().get("sessions")).hasSize(2);
    assertThat(admin.delete(of(ann) + "/sessions").status()).isEqualTo(204);

    assertThat(admin.get(of(ann)).json().get("sessions")).isEmpty();
    assertThat(actions(ann)).contains("sessions.ended");
  }

  @Test
  void thereShouldAlwaysBeAnAdmin() throws Exception {
    for (int round = 0; round < 4; round++) {
      List<SignedIn> admins = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        admins.add(registerWithRole("ADMIN"));
      }
      // Those of other tests.
      database
          .sql("UPDATE accounts SET role = 'USER' WHERE role = 'ADMIN' AND id NOT IN (?, ?, ?)")
          .params(admins.stream().map(admin -> (Object) UUID.fromString(admin.id())).toList())
          .update();
      List<Future<Api.Answer>> answers = new ArrayList<>();
      try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
        for (int i = 0; i < 3; i++) {
          Api actor = as(admins.get(i));
          SignedIn left = admins.get((i + 1) % 3);
          SignedIn right = admins.get((i + 2) % 3);
          answers.add(threads.submit(() -> actor.put(of(left) + "/role", Map.of("role", "user"))));
          answers.add(
              round % 2 == 0
                  ? threads.submit(() -> actor.post(of(right) + "/lock", Map.of("reason", "x")))
                  : threads.submit(() -> actor.delete(of(right))));
        }
      }

      for (Future<Api.Answer> answer : answers) {
        assertThat(answer.get().status()).isIn(202, 204, 401, 403, 404, 409);
      }
      assertThat(
              database
                  .sql("SELECT count(*) FROM accounts WHERE role = 'ADMIN' AND NOT locked")
                  .query(Integer.class)
                  .single())
          .isEqualTo(1);
    }
    SignedIn last = lastAdmin();
    Api admin = as(last);
    assertThat(admin.put(of(last) + "/role", Map.of("role", "user")).problem())
        .isEqualTo("409 last-admin");
    assertThat(
            admin
                .post(
                    "/api/v1/users/me/erasure", Map.of("password", PASSWORD, "messages", "remove"))
                .problem())
        .isEqualTo("409 last-admin");
  }

  private SignedIn lastAdmin() {
    String username =
        database
            .sql("SELECT username FROM accounts WHERE role = 'ADMIN' AND NOT locked")
            .query(String.class)
            .single();
    return signedIn(
        api().post("/api/v1/auth/login", Map.of("login", username, "password", PASSWORD)));
  }

  private List<String> actions(SignedIn user) {
    return database
        .sql("SELECT action FROM audit_events WHERE target_id = ?")
        .param(user.id())
        .query(String.class)
        .list();
  }

  private static Map<String, String> login(SignedIn user) {
    return Map.of("login", user.username(), "password", PASSWORD);
  }

  private static String outcome(Api.Answer answer) {
    return answer.status() < 300 ? String.valueOf(answer.status()) : answer.problem();
  }

  private static String of(SignedIn user) {
    return USERS + "/" + user.id();
  }

  private static List<String> found(Api api, String query) {
    return api.get(USERS + query)
        .json()
        .get("items")
        .valueStream()
        .map(item -> item.get("username").asString())
        .toList();
  }
}
