package io.parley.user.username;

import static io.parley.user.testing.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which usernames there are, and how one gets another. */
class UsernamesIT extends UserServiceIT {

  private static final String REGISTER = "/api/v1/auth/register";
  private static final String LOGIN = "/api/v1/auth/login";
  private static final String ME = "/api/v1/users/me";
  private static final String BY_NAME = "/api/v1/usernames/";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "...",
        "___",
        "_._",
        ".ann9",
        "ann9.",
        "a..b",
        "ann b",
        " ann9",
        "ann9\u00a0",
        "an\u200bn9",
        "\u0430nn9",
        "j\u00fcrgen",
        "ab"
      })
  void namesThatAreNoneShouldBeRefused(String name) {
    assertThat(register(name, freshName()).problem()).isEqualTo("400 invalid-request");
    assertThat(change(register(), name, PASSWORD).problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void fullWidthShouldBeTheSameName() {
    String name = freshName();
    StringBuilder wide = new StringBuilder();
    name.toUpperCase(Locale.ROOT).chars().forEach(c -> wide.append((char) (c - '!' + '\uff01')));

    assertThat(register(wide.toString(), name).at("/user/username")).isEqualTo(name);
    assertThat(register(name, "x" + name).problem()).isEqualTo("409 username-taken");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "all",
        "here",
        "everyone",
        "admin",
        "ADMIN",
        "a11",
        "root",
        "r00t",
        "support",
        "system",
        "null",
        "nu11",
        "parley"
      })
  void reservedNamesShouldBeNobodys(String name) {
    assertThat(register(name, freshName()).problem()).isEqualTo("409 username-reserved");
    assertThat(bot(register(), name).problem()).isEqualTo("409 username-reserved");
    assertThat(change(register(), name, PASSWORD).problem()).isEqualTo("409 username-reserved");
  }

  @Test
  void namesThatLookLikeOthersShouldBeRefused() {
    String tail = freshName();
    register("paul" + tail);
    register("o0m" + tail);

    for (String twin : List.of("pau1" + tail, "PAU1" + tail, "oom" + tail, "00rn" + tail)) {
      assertThat(register(twin, freshName()).problem()).isEqualTo("409 username-confusable");
      assertThat(bot(register(), twin).problem()).isEqualTo("409 username-confusable");
      assertThat(change(register(), twin, PASSWORD).problem()).isEqualTo("409 username-confusable");
    }
    // One's own name may be written in another way.
    SignedIn ann = register("ann1" + tail);
    assertThat(change(ann, "annl" + tail, PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void oneOfManyWhoWantTheSameLooksShouldGetThem() throws Exception {
    String tail = freshName();
    List<String> names = List.of("l1l1", "11ll", "llll", "1111", "1l1l", "ll11");

    List<Api.Answer> answers =
        atOnce(names.size(), i -> register(names.get(i) + tail, names.get(i) + tail));

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 201)
        .allSatisfy(answer -> assertThat(answer.problem()).isEqualTo("409 username-confusable"));
  }

  @Test
  void changeShouldTakeThePassword() {
    SignedIn ann = register();

    assertThat(change(ann, freshName(), "not the password").problem())
        .isEqualTo("403 wrong-password");
    assertThat(api().put(ME + "/username", Map.of("username", "x")).problem())
        .isEqualTo("401 unauthenticated");
    assertThat(as(ann).get(ME).at("/username")).isEqualTo(ann.username());
  }

  @Test
  void nameOfBeforeShouldLeadToTheNewOneAndBeKept() {
    SignedIn ann = register();
    SignedIn bob = register();
    String before = ann.username();
    String now = freshName();

    Api.Answer changed = change(ann, now.toUpperCase(Locale.ROOT), PASSWORD);

    assertThat(changed.at("/username")).isEqualTo(now);
    assertThat(audited("username.changed", ann.id())).isEqualTo(1);
    for (String name : List.of(now, before, "@" + before)) {
      Api.Answer in = api().post(LOGIN, Map.of("login", name, "password", PASSWORD));
      assertThat(in.at("/user/username")).isEqualTo(now);
    }
    assertThat(as(bob).get(BY_NAME + before).at("/username")).isEqualTo(now);
    assertThat(as(bob).get(BY_NAME + now.toUpperCase(Locale.ROOT)).at("/id")).isEqualTo(ann.id());
    assertThat(found(bob, now)).containsExactly(now);
    // For mentions, with the name that was asked for.
    assertThat(
            service()
                .post("/internal/users/by-username", Map.of("usernames", List.of(before, now)))
                .json()
                .get("items")
                .valueStream()
                .map(item -> item.get("id").asString() + item.get("username").asString())
                .toList())
        .containsExactlyInAnyOrder(ann.id() + before, ann.id() + now);
    assertThat(register(before, freshName()).problem()).isEqualTo("409 username-taken");
    assertThat(change(bob, before, PASSWORD).problem()).isEqualTo("409 username-taken");
    assertThat(bot(bob, before).problem()).isEqualTo("409 username-taken");
    // Its owner may have it back.
    assertThat(change(ann, before, PASSWORD).status()).isEqualTo(200);
    assertThat(as(bob).get(BY_NAME + now).at("/username")).isEqualTo(before);
  }

  @Test
  void nameOfBeforeShouldBeFreeAfterAWhile() {
    SignedIn ann = register();
    String before = ann.username();
    change(ann, freshName(), PASSWORD);

    clock.forward(Duration.ofDays(91));

    assertThat(as(logIn(register())).get(BY_NAME + before).problem()).isEqualTo("404 not-found");
    assertThat(register(before, "new" + before).status()).isEqualTo(201);
  }

  @Test
  void namesShouldNotBeCollected() {
    SignedIn ann = register();
    String first = ann.username();
    for (int i = 0; i < 3; i++) {
      assertThat(change(ann, freshName(), PASSWORD).status()).isEqualTo(200);
    }

    Api.Answer refused = change(ann, freshName(), PASSWORD);
    assertThat(refused.problem()).isEqualTo("409 too-many-usernames");
    assertThat(refused.json().at("/maxFormerUsernames").asInt()).isEqualTo(3);
    assertThat(change(ann, first, PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void whoIsNotToBeFoundShouldNotBeFoundByName() {
    SignedIn ann = register();
    SignedIn bob = register();
    as(ann)
        .put("/api/v1/users/me/privacy", Map.of("discoverable", "nobody", "profile", "everyone"));

    assertThat(as(bob).get(BY_NAME + ann.username()).problem()).isEqualTo("404 not-found");
    assertThat(as(ann).get(BY_NAME + ann.username()).at("/id")).isEqualTo(ann.id());
    assertThat(as(bob).get(BY_NAME + freshName()).problem()).isEqualTo("404 not-found");
    assertThat(as(bob).get(BY_NAME + "x".repeat(65)).problem()).isEqualTo("400 invalid-request");
  }

  private Api.Answer register(String name, String mailbox) {
    Map<String, Object> command = new HashMap<>(registration(name));
    command.put("email", mailbox + "@example.org");
    return api().post(REGISTER, command);
  }

  private Api.Answer bot(SignedIn owner, String name) {
    return as(owner).post("/api/v1/bots", Map.of("username", name, "displayName", "Bot"));
  }

  private Api.Answer change(SignedIn user, String name, String password) {
    return as(user).put(ME + "/username", Map.of("username", name, "password", password));
  }

  private List<String> found(SignedIn viewer, String query) {
    return as(viewer)
        .get("/api/v1/users?query=" + query)
        .json()
        .get("items")
        .valueStream()
        .map(item -> item.get("username").asString())
        .toList();
  }
}
