package io.parley.group.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.ServiceTokens;
import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class GroupsIT extends GroupServiceIT {

  private final String ann = USERS.newUser();
  private final String bob = USERS.newUser();
  private final String eve = USERS.newUser();

  @AfterEach
  void bringUserServiceBack() {
    USERS.setAway(false);
  }

  @Test
  void createShouldMakeTheCallerTheOwner() {
    Api.Answer answer =
        as(ann)
            .post(
                GROUPS,
                Map.of(
                    "name", "Team 👩‍🚀 عربي",
                    "description", "two\nlines",
                    "memberIds", List.of(bob, ann, bob)));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.headers().get("location")).containsExactly(GROUPS + "/" + answer.at("/id"));
    assertThat(answer.at("/name")).isEqualTo("Team 👩‍🚀 عربي");
    assertThat(answer.at("/description")).isEqualTo("two\nlines");
    assertThat(answer.json().get("version").asInt()).isEqualTo(1);
    assertThat(roles(answer)).containsExactlyInAnyOrder(ann + " owner", bob + " member");
    assertThat(as(bob).get(GROUPS + "/" + answer.at("/id")).json()).isEqualTo(answer.json());
  }

  @Test
  void createShouldNeedNothingButAName() {
    Api.Answer answer = as(ann).post(GROUPS, "{\"name\":\"Alone\"}");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.at("/description")).isEmpty();
    assertThat(roles(answer)).containsExactly(ann + " owner");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"name\":null}",
        "{\"name\":\"\"}",
        "{\"name\":\"   \"}",
        "{\"name\":7}",
        "{\"name\":\"nul\\u0000\"}",
        "{\"name\":\"two\\nlines\"}",
        "{\"name\":\"half a pair \\ud83d\"}",
        "{\"name\":\"x\",\"description\":\"bell\\u0007\"}",
        "{\"name\":\"x\",\"description\":[]}",
        "{\"name\":\"x\",\"memberIds\":\"x\"}",
        "{\"name\":\"x\",\"memberIds\":[null]}",
        "{\"name\":\"x\",\"memberIds\":[1]}",
        "{\"name\":\"x\",\"memberIds\":[\"nobody\"]}",
        "{\"name\":\"x\",\"memberIds\":[\"1-1-1-1-1\"]}",
        "{\"name\":\"x\",\"owner\":\"me\"}",
        "{\"name\":\"x\",\"name\":\"y\"}",
        "{\"name\":\"x\"",
        "{\"name\":\"x\"} {}",
      })
  void createShouldRefuseWhatIsNotTheCommand(String body) {
    assertThat(as(ann).post(GROUPS, body).problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void createShouldRefuseTooMuch() {
    assertThat(as(ann).post(GROUPS, Map.of("name", "é".repeat(101))).problem())
        .isEqualTo("400 invalid-request");
    assertThat(as(ann).post(GROUPS, Map.of("name", "x", "description", "é".repeat(1001))).problem())
        .isEqualTo("400 invalid-request");
    assertThat(as(ann).post(GROUPS, Map.of("name", "x".repeat(600_000))).problem())
        .isEqualTo("413 body-too-large");
    List<String> many = Stream.generate(() -> UUID.randomUUID().toString()).limit(1200).toList();
    assertThat(as(ann).post(GROUPS, Map.of("name", "x", "memberIds", many)).problem())
        .isEqualTo("409 group-full");
  }

  @Test
  void createShouldNameUnknownUsersAndStoreNothing() {
    String nobody = UUID.randomUUID().toString();

    Api.Answer answer =
        as(ann).post(GROUPS, Map.of("name", "x", "memberIds", List.of(bob, nobody)));

    assertThat(answer.problem()).isEqualTo("404 unknown-user");
    assertThat(answer.json().get("userIds").valueStream().map(JsonNode::asString))
        .containsExactly(nobody);
    assertThat(as(ann).get(GROUPS).json().get("items")).isEmpty();
  }

  @Test
  void createShouldAnswerUnavailableWhenUserServiceIsAway() {
    USERS.setAway(true);

    assertThat(as(ann).post(GROUPS, Map.of("name", "x", "memberIds", List.of(bob))).problem())
        .isEqualTo("503 store-unavailable");
  }

  @Test
  void createShouldTakeAsManyMembersAsAreAllowed() {
    List<String> many = Stream.generate(USERS::newUser).limit(1199).toList();

    Api.Answer answer = as(ann).post(GROUPS, Map.of("name", "Big", "memberIds", many));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.json().get("members")).hasSize(1200);
    assertThat(as(ann).post(members(answer.at("/id")), user(bob)).problem())
        .isEqualTo("409 group-full");
  }

  @Test
  void createShouldRepeatItsAnswerForTheSameKey() {
    Map<String, Object> command = Map.of("name", "Once", "memberIds", List.of(bob));
    Api.Answer first = as(ann).post(GROUPS, command, "key-1");
    as(ann).delete(members(first.at("/id")) + "/" + bob);
    int questions = USERS.questions();

    Api.Answer repeated = as(ann).post(GROUPS, command, "key-1");

    assertThat(repeated.status()).isEqualTo(201);
    assertThat(repeated.text()).isEqualTo(first.text());
    assertThat(repeated.headers().get("location")).isEqualTo(first.headers().get("location"));
    assertThat(USERS.questions()).isEqualTo(questions);
    assertThat(as(ann).get(GROUPS).json().get("items")).hasSize(1);
  }

  @Test
  void createShouldRefuseAKeyUsedForAnotherGroup() {
    as(ann).post(GROUPS, Map.of("name", "One"), "key-1");

    assertThat(as(ann).post(GROUPS, Map.of("name", "Two"), "key-1").problem())
        .isEqualTo("409 idempotency-key-reused");
    assertThat(as(bob).post(GROUPS, Map.of("name", "Two"), "key-1").status()).isEqualTo(201);
    assertThat(as(ann).post(GROUPS, Map.of("name", "Two"), "x".repeat(65)).problem())
        .isEqualTo("400 invalid-request");
    assertThat(as(ann).post(GROUPS, Map.of("name", "Two"), "white space").problem())
        .isEqualTo("400 invalid-request");
  }

  @Test
  void createShouldForgetAKeyAfterADay() {
    String first = as(ann).post(GROUPS, Map.of("name", "One"), "key-1").at("/id");
    CLOCK.forward(Duration.ofHours(25));

    Api.Answer second = as(ann).post(GROUPS, Map.of("name", "Two"), "key-1");

    assertThat(second.status()).isEqualTo(201);
    assertThat(second.at("/id")).isNotEqualTo(first);
  }

  @Test
  void createShouldRememberNoKeyOfARefusedRequest() {
    Map<String, Object> command = Map.of("name", "x", "memberIds", List.of(bob));
    USERS.setAway(true);
    assertThat(as(ann).post(GROUPS, command, "key-1").status()).isEqualTo(503);
    USERS.setAway(false);

    assertThat(as(ann).post(GROUPS, command, "key-1").status()).isEqualTo(201);
  }

  @Test
  void groupsShouldNotExistForStrangers() {
    String group = group(ann, bob);
    String nowhere = UUID.randomUUID().toString();

    for (String id : List.of(group, nowhere)) {
      assertThat(as(eve).get(GROUPS + "/" + id).problem()).isEqualTo("404 not-found");
      assertThat(as(eve).post(members(id), user(eve)).problem()).isEqualTo("404 not-found");
      assertThat(as(eve).delete(members(id) + "/" + bob).problem()).isEqualTo("404 not-found");
      assertThat(as(eve).delete(members(id) + "/" + eve).problem()).isEqualTo("404 not-found");
    }
    assertThat(as(ann).get(GROUPS + "/nonsense").problem()).isEqualTo("400 invalid-request");
    assertThat(as(ann).get(GROUPS + "/1-1-1-1-1").problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void callsShouldNeedAToken() {
    String group = group(ann);

    for (Api api : List.of(api(), api().withToken("nonsense"))) {
      assertThat(api.post(GROUPS, Map.of("name", "x")).problem()).isEqualTo("401 unauthenticated");
      assertThat(api.get(GROUPS).problem()).isEqualTo("401 unauthenticated");
      assertThat(api.get(GROUPS + "/" + group).problem()).isEqualTo("401 unauthenticated");
      assertThat(api.post(members(group), user(bob)).problem()).isEqualTo("401 unauthenticated");
      assertThat(api.delete(members(group) + "/" + ann).problem()).isEqualTo("401 unauthenticated");
    }
  }

  @Test
  void addShouldBeDoneOnce() {
    String group = group(ann);

    Api.Answer added = as(ann).post(members(group), user(bob));
    Api.Answer again = as(ann).post(members(group), user(bob));

    assertThat(added.status()).isEqualTo(201);
    assertThat(added.json().get("version").asInt()).isEqualTo(2);
    assertThat(added.at("/role")).isEqualTo("member");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json()).isEqualTo(added.json());
    assertThat(as(bob).get(GROUPS + "/" + group).json().get("version").asInt()).isEqualTo(2);
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

  @ParameterizedTest
  @CsvSource({
    "OWNER,     201",
    "ADMIN,     201",
    "MODERATOR, 403",
    "MEMBER,    403",
  })
  void addShouldBeForOwnersAndAdmins(String role, int status) {
    String group = group(ann, bob);
    setRole(group, bob, role);
    int questions = USERS.questions();

    assertThat(as(bob).post(members(group), user(eve)).status()).isEqualTo(status);
    assertThat(USERS.questions() - questions).isEqualTo(status == 201 ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({
    "OWNER,     OWNER,     403",
    "OWNER,     ADMIN,     204",
    "OWNER,     MODERATOR, 204",
    "OWNER,     MEMBER,    204",
    "ADMIN,     OWNER,     403",
    "ADMIN,     ADMIN,     403",
    "ADMIN,     MODERATOR, 204",
    "ADMIN,     MEMBER,    204",
    "MODERATOR, ADMIN,     403",
    "MODERATOR, MODERATOR, 403",
    "MODERATOR, MEMBER,    403",
    "MEMBER,    OWNER,     403",
    "MEMBER,    MEMBER,    403",
  })
  void removeShouldBeForHigherRoles(String caller, String target, int status) {
    String group = group(ann, bob, eve);
    setRole(group, bob, caller);
    setRole(group, eve, target);

    assertThat(as(bob).delete(members(group) + "/" + eve).status()).isEqualTo(status);
    assertThat(as(eve).get(GROUPS + "/" + group).status()).isEqualTo(status == 204 ? 404 : 200);
  }

  @Test
  void removeShouldLetMembersLeaveButNotTheLastOwner() {
    String group = group(ann, bob);

    assertThat(as(ann).delete(members(group) + "/" + ann).problem())
        .isEqualTo("409 owner-must-transfer");
    assertThat(as(bob).delete(members(group) + "/" + bob).status()).isEqualTo(204);
    assertThat(as(bob).get(GROUPS + "/" + group).problem()).isEqualTo("404 not-found");
    assertThat(as(ann).delete(members(group) + "/" + bob).problem()).isEqualTo("404 not-found");
    assertThat(as(ann).get(GROUPS + "/" + group).json().get("version").asInt()).isEqualTo(2);
    assertThat(as(ann).delete(members(group) + "/nonsense").problem())
        .isEqualTo("400 invalid-request");
  }

  @Test
  void removeShouldLetAnOwnerLeaveWhenThereIsAnother() {
    String group = group(ann, bob);
    setRole(group, bob, "OWNER");

    assertThat(as(ann).delete(members(group) + "/" + ann).status()).isEqualTo(204);
    assertThat(as(bob).delete(members(group) + "/" + bob).problem())
        .isEqualTo("409 owner-must-transfer");
  }

  @Test
  void listShouldPageThroughOnesOwnGroupsNewestFirst() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      made.addFirst(group(i % 2 == 0 ? ann : bob, i % 2 == 0 ? bob : ann));
    }
    group(eve);

    List<String> seen = new ArrayList<>();
    String next = "";
    while (next != null) {
      Api.Answer page = as(bob).get(GROUPS + "?limit=2" + next);
      page.json().get("items").forEach(item -> seen.add(item.get("id").asString()));
      JsonNode cursor = page.json().get("next");
      next = cursor.isNull() ? null : "&cursor=" + cursor.asString();
    }

    assertThat(seen).isEqualTo(made);
    JsonNode first = as(bob).get(GROUPS).json().at("/items/0");
    assertThat(first.get("memberCount").asInt()).isEqualTo(2);
    assertThat(first.get("role").asString()).isEqualTo("member");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?limit=0", "?limit=101", "?limit=x", "?cursor=x", "?cursor=1-1-1-1-1"})
  void listShouldRefuseBadParameters(String query) {
    assertThat(as(ann).get(GROUPS + query).problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void internalGetShouldShowAnyGroupToServices() {
    String group = group(ann, bob);
    String path = "/internal/groups/" + group;
    ServiceTokens caller = new ServiceTokens(SECRET, "message-service", CLOCK);

    Api.Answer answer = api().withAuthorization(caller.bearer("group-service")).get(path);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().propertyNames())
        .containsExactlyInAnyOrder("id", "name", "version", "members");
    assertThat(roles(answer)).containsExactlyInAnyOrder(ann + " owner", bob + " member");
    assertThat(
            api()
                .withAuthorization(caller.bearer("group-service"))
                .get("/internal/groups/" + UUID.randomUUID())
                .problem())
        .isEqualTo("404 not-found");
    assertThat(api().withAuthorization(caller.bearer("user-service")).get(path).problem())
        .isEqualTo("401 unauthenticated");
    assertThat(as(ann).get(path).problem()).isEqualTo("401 unauthenticated");
  }

  private static List<String> roles(Api.Answer group) {
    return group
        .json()
        .get("members")
        .valueStream()
        .map(member -> member.get("userId").asString() + " " + member.get("role").asString())
        .toList();
  }
}
