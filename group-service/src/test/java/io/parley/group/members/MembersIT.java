package io.parley.group.members;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class MembersIT extends GroupServiceIT {

  private final String ann = USERS.newUser();
  private final String bob = USERS.newUser();
  private final String eve = USERS.newUser();

  @AfterEach
  void bringUserServiceBack() {
    USERS.setAway(false);
  }

  @Test
  void addShouldBeDoneOnce() {
    String group = group(ann);

    Api.Answer added = as(ann).post(members(group), user(bob));
    Api.Answer again = as(ann).post(members(group), user(bob));

    assertThat(added.status()).isEqualTo(201);
    assertThat(added.at("/role")).isEqualTo("member");
    assertThat(added.at("/displayName")).isEqualTo("U");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json()).isEqualTo(added.json());
    assertThat(version(group)).isEqualTo(2);
  }

  @Test
  void addShouldRepeatItsAnswerForTheSameKey() {
    String group = group(ann);
    Api.Answer first = as(ann).post(members(group), user(bob), "key");
    as(ann).delete(members(group) + "/" + bob);

    Api.Answer repeated = as(ann).post(members(group), user(bob), "key");

    assertThat(repeated.text()).isEqualTo(first.text());
    assertThat(stored(group)).containsExactly(ann + " owner");
    assertThat(as(ann).post(members(group), user(eve), "key").problem())
        .isEqualTo("409 idempotency-key-reused");
    assertThat(as(ann).post(members(group(ann)), user(bob), "key").problem())
        .isEqualTo("409 idempotency-key-reused");
  }

  @Test
  void addShouldRefuseUnknownUsersAndBadCommands() {
    String group = group(ann);

    assertThat(as(ann).post(members(group), user(UUID.randomUUID().toString())).problem())
        .isEqualTo("404 unknown-user");
    for (String body : List.of("", "{}", "{\"userId\":null}", "{\"userId\":\"x\"}", "[]")) {
      assertThat(as(ann).post(members(group), body).problem()).isEqualTo("400 invalid-request");
    }
  }

  @Test
  void addShouldRefuseThoseWhoBlockedOneAnother() {
    String group = group(ann);
    USERS.block(bob, ann);

    assertThat(as(ann).post(members(group), user(bob)).problem()).isEqualTo("403 blocked");
    Api.Answer created = as(ann).post(GROUPS, Map.of("name", "x", "memberIds", List.of(eve, bob)));
    assertThat(created.problem()).isEqualTo("403 blocked");
    assertThat(created.json().get("userIds").valueStream().map(JsonNode::asString))
        .containsExactly(bob);
    assertThat(stored(group)).containsExactly(ann + " owner");
  }

  @ParameterizedTest
  @CsvSource({
    "ADMIN,     201",
    "MODERATOR, 403",
    "MEMBER,    403",
  })
  void addShouldBeForAdmins(String role, int status) {
    String group = group(ann, bob);
    setRole(group, bob, role);
    int questions = USERS.questions();

    assertThat(as(bob).post(members(group), user(eve)).status()).isEqualTo(status);
    assertThat(USERS.questions() - questions).isEqualTo(status == 201 ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({
    "ADMIN,     ADMIN,     403",
    "ADMIN,     MODERATOR, 204",
    "ADMIN,     MEMBER,    204",
    "MODERATOR, ADMIN,     403",
    "MODERATOR, MODERATOR, 403",
    "MODERATOR, MEMBER,    204",
    "MEMBER,    MODERATOR, 403",
    "MEMBER,    MEMBER,    403",
  })
  void removeShouldBeForHigherRoles(String caller, String target, int status) {
    String group = group(ann, bob, eve);
    setRole(group, bob, caller);
    setRole(group, eve, target);

    assertThat(as(bob).delete(members(group) + "/" + eve).status()).isEqualTo(status);
    assertThat(as(eve).get(GROUPS + "/" + group).status()).isEqualTo(status == 204 ? 404 : 200);
    assertThat(as(bob).delete(members(group) + "/" + ann).problem()).isEqualTo("403 forbidden");
    assertThat(as(ann).delete(members(group) + "/" + bob).status()).isEqualTo(204);
  }

  @Test
  void leavingShouldBeForAllButTheOwner() {
    String group = group(ann, bob);

    assertThat(as(ann).delete(members(group) + "/" + ann).problem())
        .isEqualTo("409 owner-must-transfer");
    assertThat(as(bob).delete(members(group) + "/" + bob).status()).isEqualTo(204);
    assertThat(as(bob).get(GROUPS + "/" + group).problem()).isEqualTo("404 not-found");
    assertThat(as(ann).delete(members(group) + "/" + bob).problem()).isEqualTo("404 not-found");
    assertThat(version(group)).isEqualTo(2);
    assertThat(as(ann).delete(members(group) + "/nonsense").problem())
        .isEqualTo("400 invalid-request");
  }

  @Test
  void transferShouldChangePlaces() {
    String group = group(ann, bob);
    as(ann).put(members(group) + "/" + bob + "/mute", until(Duration.ofHours(1)));
    String owner = GROUPS + "/" + group + "/owner";

    assertThat(as(bob).put(owner, user(bob)).problem()).isEqualTo("403 forbidden");
    assertThat(as(ann).put(owner, user(eve)).problem()).isEqualTo("404 not-found");
    assertThat(as(ann).put(owner, user(ann)).status()).isEqualTo(200);
    Api.Answer transferred = as(ann).put(owner, user(bob));

    assertThat(transferred.at("/role")).isEqualTo("owner");
    assertThat(transferred.json().get("mutedUntil").isNull()).isTrue();
    assertThat(stored(group)).containsExactlyInAnyOrder(ann + " admin", bob + " owner");
    assertThat(as(ann).delete(members(group) + "/" + ann).status()).isEqualTo(204);
  }

  @Test
  void rolesShouldBeGivenBelowOnesOwn() {
    String group = group(ann, bob, eve);
    String asAdmin = members(group) + "/" + bob;

    assertThat(as(ann).patch(asAdmin, Map.of("role", "admin")).at("/role")).isEqualTo("admin");
    assertThat(as(bob).patch(members(group) + "/" + eve, Map.of("role", "moderator")).at("/role"))
        .isEqualTo("moderator");
    assertThat(as(bob).patch(members(group) + "/" + eve, Map.of("role", "admin")).problem())
        .isEqualTo("403 forbidden");
    assertThat(as(bob).patch(members(group) + "/" + ann, Map.of("role", "member")).problem())
        .isEqualTo("403 forbidden");
    assertThat(as(bob).patch(asAdmin, Map.of("role", "member")).problem())
        .isEqualTo("403 forbidden");
    assertThat(as(eve).patch(asAdmin, Map.of("role", "member")).problem())
        .isEqualTo("403 forbidden");
    assertThat(as(ann).patch(asAdmin, Map.of("role", "owner")).problem())
        .isEqualTo("400 invalid-request");
    assertThat(as(ann).patch(asAdmin, Map.of("role", "king")).problem())
        .isEqualTo("400 invalid-request");
    int version = version(group);
    assertThat(as(ann).patch(asAdmin, Map.of("role", "admin")).status()).isEqualTo(200);
    assertThat(version(group)).isEqualTo(version);
  }

  @Test
  void overridesShouldPassOverTheTable() {
    String group = group(ann, bob, eve);
    String path = members(group) + "/" + bob;
    Map<String, Object> trust = Map.of("overrides", Map.of("add_members", true, "write", false));

    Api.Answer set = as(ann).patch(path, trust);

    assertThat(set.json().at("/overrides/add_members").asBoolean()).isTrue();
    JsonNode mine = as(bob).get(GROUPS + "/" + group).json().at("/me/permissions");
    assertThat(mine.valueStream().map(JsonNode::asString)).containsExactly("add_members");
    assertThat(as(bob).post(members(group), user(USERS.newUser())).status()).isEqualTo(201);
    assertThat(as(bob).patch(path, Map.of("overrides", Map.of())).problem())
        .isEqualTo("403 forbidden");
    assertThat(as(ann).patch(path, "{\"overrides\":{\"fly\":true}}").problem())
        .isEqualTo("400 invalid-request");
    assertThat(as(ann).patch(path, "{\"overrides\":{\"pin\":null}}").problem())
        .isEqualTo("400 invalid-request");
    assertThat(as(ann).patch(path, "{\"overrides\":{\"pin\":\"yes\"}}").problem())
        .isEqualTo("400 invalid-request");
    assertThat(as(ann).patch(path, Map.of("overrides", Map.of())).json().get("overrides"))
        .isEmpty();
  }

  @Test
  void muteShouldHoldUntilATime() {
    String group = group(ann, bob, eve);
    setRole(group, eve, "MODERATOR");
    String path = members(group) + "/" + bob + "/mute";

    Api.Answer muted = as(eve).put(path, until(Duration.ofHours(1)));
    assertThat(muted.status()).isEqualTo(200);
    assertThat(muted.json().get("mutedUntil").isNull()).isFalse();
    assertThat(
            as(bob).put(members(group) + "/" + eve + "/mute", until(Duration.ofHours(1))).problem())
        .isEqualTo("403 forbidden");
    assertThat(
            as(eve).put(members(group) + "/" + ann + "/mute", until(Duration.ofHours(1))).problem())
        .isEqualTo("403 forbidden");
    assertThat(as(eve).delete(path).json().get("mutedUntil").isNull()).isTrue();
    as(eve).put(path, until(Duration.ofMinutes(5)));
    CLOCK.forward(Duration.ofMinutes(6));
    assertThat(as(bob).get(members(group) + "/me").json().get("mutedUntil").isNull()).isTrue();
    for (String body :
        List.of(
            "{}",
            "{\"until\":null}",
            "{\"until\":\"tomorrow\"}",
            "{\"until\":1}",
            "{\"until\":\"2020-01-01T00:00:00Z\"}",
            "{\"until\":\"+999999999-01-01T00:00:00Z\"}")) {
      assertThat(as(eve).put(path, body).problem()).as(body).isEqualTo("400 invalid-request");
    }
  }

  @Test
  void listShouldPageByRoleAndThenByJoining() {
    String group = group(ann);
    List<String> order = new ArrayList<>(List.of(ann));
    for (int i = 0; i < 5; i++) {
      String user = USERS.newUser();
      as(ann).post(members(group), user(user));
      order.add(user);
      CLOCK.forward(Duration.ofMillis(2));
    }
    as(ann).patch(members(group) + "/" + order.get(4), Map.of("role", "moderator"));
    order.add(1, order.remove(4));

    assertThat(listed(group, "?limit=2")).isEqualTo(order);
    assertThat(listed(group, "?limit=2&role=member")).isEqualTo(order.subList(2, 6));
    assertThat(listed(group, "?limit=2&role=owner")).containsExactly(ann);
    for (String bad :
        List.of(
            "?role=king", "?limit=0", "?limit=201", "?cursor=x", "?cursor=member~x~y", "?query=")) {
      assertThat(as(ann).get(members(group) + bad).problem())
          .as(bad)
          .isEqualTo("400 invalid-request");
    }
  }

  @Test
  void listShouldFindByTheBeginningOfNames() {
    String anna = USERS.newUser("anna.berg", "Ännchen Müller");
    String annika = USERS.newUser("annika_x", "小林");
    String group = group(ann, anna, annika, bob);

    assertThat(listed(group, "?query=ANN")).containsExactlyInAnyOrder(anna, annika);
    assertThat(listed(group, "?query=%C3%A4nnc")).containsExactly(anna);
    assertThat(listed(group, "?query=muller%20ann")).containsExactly(anna);
    assertThat(listed(group, "?query=berg")).containsExactly(anna);
    assertThat(listed(group, "?query=%E5%B0%8F")).containsExactly(annika);
    assertThat(listed(group, "?query=%25")).isEmpty();
    assertThat(listed(group, "?query=_")).isEmpty();
  }

  @Test
  void listShouldRefreshNamesThatAreOld() {
    String carl = USERS.newUser("carl", "Carl");
    String group = group(ann, carl);
    USERS.rename(carl, "Charles");
    assertThat(as(ann).get(members(group)).text()).contains("\"Carl\"");

    CLOCK.forward(Duration.ofMinutes(61));
    USERS.setAway(true);
    assertThat(as(ann).get(members(group)).text()).contains("\"Carl\"");
    USERS.setAway(false);
    assertThat(as(ann).get(members(group)).text()).contains("\"Charles\"");
    assertThat(listed(group, "?query=char")).containsExactly(carl);
  }

  @Test
  void ownMembershipShouldBeShown() {
    String group = group(ann, bob);

    assertThat(as(bob).get(members(group) + "/me").at("/userId")).isEqualTo(bob);
    assertThat(as(bob).get(members(group) + "/" + ann).at("/role")).isEqualTo("owner");
    assertThat(as(bob).get(members(group) + "/" + eve).problem()).isEqualTo("404 not-found");
    assertThat(as(eve).get(members(group) + "/me").problem()).isEqualTo("404 not-found");
  }

  @Test
  void joiningShouldBeForPublicGroups() {
    String open = publicGroup("open");
    String asking = publicGroup("request");
    String closed = group(ann);

    Api.Answer joined = as(bob).post(GROUPS + "/" + open + "/join", "");
    assertThat(joined.status()).isEqualTo(201);
    assertThat(joined.at("/username")).isEqualTo("u" + bob.substring(0, 8));
    assertThat(as(bob).post(GROUPS + "/" + open + "/join", "").status()).isEqualTo(200);
    assertThat(as(bob).post(GROUPS + "/" + asking + "/join", "").problem())
        .isEqualTo("403 approval-needed");
    assertThat(as(bob).post(GROUPS + "/" + closed + "/join", "").problem())
        .isEqualTo("404 not-found");
    assertThat(as(eve).get(members(open)).problem()).isEqualTo("403 forbidden");
    assertThat(as(eve).post(members(open), user(eve)).problem()).isEqualTo("403 forbidden");
  }

  @ParameterizedTest
  @ValueSource(strings = {"members", "members/me", "join", "owner"})
  void nonsenseShouldBeRefused(String path) {
    assertThat(as(ann).get(GROUPS + "/nonsense/" + path).status()).isIn(400, 405);
  }

  private String publicGroup(String joining) {
    return as(ann)
        .post(GROUPS, Map.of("name", "p", "visibility", "public", "joining", joining))
        .at("/id");
  }

  private List<String> listed(String group, String parameters) {
    List<String> ids = new ArrayList<>();
    String next = "";
    while (next != null) {
      JsonNode page = as(ann).get(members(group) + parameters + next).json();
      page.get("items").forEach(item -> ids.add(item.get("userId").asString()));
      next = page.get("next").isNull() ? null : "&cursor=" + page.get("next").asString();
    }
    return ids;
  }

  private int version(String group) {
    return as(ann).get(GROUPS + "/" + group).json().get("version").asInt();
  }

  private static Map<String, String> until(Duration time) {
    Instant end = CLOCK.instant().plus(time);
    return Map.of("until", end.toString());
  }
}
