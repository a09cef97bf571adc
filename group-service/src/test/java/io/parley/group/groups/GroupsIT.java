package io.parley.group.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.Scope;
import io.parley.common.access.ServiceTokens;
import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
    assertThat(stored(answer.at("/id"))).containsExactlyInAnyOrder(ann + " owner", bob + " member");
    assertThat(answer.json().get("memberCount").asInt()).isEqualTo(2);
    assertThat(answer.at("/visibility")).isEqualTo("private");
    assertThat(answer.at("/settings/permissions/write")).isEqualTo("member");
    assertThat(answer.at("/settings/historyForJoiners")).isEqualTo("all");
    assertThat(answer.at("/me/role")).isEqualTo("owner");
    assertThat(as(bob).get(GROUPS + "/" + answer.at("/id")).at("/me/permissions/0"))
        .isEqualTo("write");
  }

  @Test
  void createShouldNeedNothingButAName() {
    Api.Answer answer = as(ann).post(GROUPS, "{\"name\":\"Alone\"}");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.at("/description")).isEmpty();
    assertThat(stored(answer.at("/id"))).containsExactly(ann + " owner");
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
        "{\"name\":\"x\",\"visibility\":\"PUBLIC\"}",
        "{\"name\":\"x\",\"visibility\":1}",
        "{\"name\":\"x\",\"joining\":\"maybe\"}",
        "{\"name\":\"x\",\"settings\":[]}",
        "{\"name\":\"x\",\"settings\":{\"permissions\":{\"fly\":\"member\"}}}",
        "{\"name\":\"x\",\"settings\":{\"permissions\":{\"write\":\"king\"}}}",
        "{\"name\":\"x\",\"settings\":{\"permissions\":{\"write\":null}}}",
        "{\"name\":\"x\",\"settings\":{\"slowModeSeconds\":-1}}",
        "{\"name\":\"x\",\"settings\":{\"slowModeSeconds\":3601}}",
        "{\"name\":\"x\",\"settings\":{\"slowModeSeconds\":1.5}}",
        "{\"name\":\"x\",\"settings\":{\"slowModeSeconds\":\"1\"}}",
        "{\"name\":\"x\",\"settings\":{\"editSeconds\":-1}}",
        "{\"name\":\"x\",\"settings\":{\"editSeconds\":31536001}}",
        "{\"name\":\"x\",\"settings\":{\"editSeconds\":\"1\"}}",
        "{\"name\":\"x\",\"settings\":{\"expireSeconds\":-1}}",
        "{\"name\":\"x\",\"settings\":{\"expireSeconds\":4}}",
        "{\"name\":\"x\",\"settings\":{\"expireSeconds\":31536001}}",
        "{\"name\":\"x\",\"settings\":{\"expireSeconds\":\"P1D\"}}",
        "{\"name\":\"x\",\"settings\":{\"historyForJoiners\":\"none\"}}",
        "{\"name\":\"x\",\"settings\":{\"announcementOnly\":\"yes\"}}",
        "{\"name\":\"x\",\"settings\":{\"announcementOnly\":true,\"permissions\":{\"write\":\"admin\"}}}",
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
    assertThat(as(ann).post(GROUPS, Map.of("name", "x".repeat(1_100_000))).problem())
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
    assertThat(answer.json().get("memberCount").asInt()).isEqualTo(1200);
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
    assertThat(first.at("/me/role").asString()).isEqualTo("member");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?limit=0", "?limit=101", "?limit=x", "?cursor=x", "?cursor=1-1-1-1-1"})
  void listShouldRefuseBadParameters(String query) {
    assertThat(as(ann).get(GROUPS + query).problem()).isEqualTo("400 invalid-request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u202eright to left override",
        "zero\u200bwidth",
        "\u3164",
        "\u2800",
        "Z\u0301\u0301\u0301\u0301\u0301"
      })
  void namesThatHideSomethingShouldBeRefused(String name) {
    assertThat(as(ann).post(GROUPS, Map.of("name", name)).problem())
        .isEqualTo("400 invalid-request");
    String path = GROUPS + "/" + group(ann, bob);
    assertThat(as(ann).patch(path, Map.of("name", name)).problem())
        .isEqualTo("400 invalid-request");
  }

  @Test
  void nameShouldBeKeptAsANickname() {
    assertThat(as(ann).post(GROUPS, Map.of("name", "  Weekend\u00a0 hike ")).at("/name"))
        .isEqualTo("Weekend hike");
  }

  @Test
  void searchShouldFindPublicGroupsByPrefix() {
    String mark = UUID.randomUUID().toString().substring(0, 8);
    List<String> made = new ArrayList<>();
    for (String name : List.of(" Alpha", " ALPHA", " alpine", " beta", " 100%_sure", " Äpfel")) {
      Map<String, Object> command = Map.of("name", mark + name, "visibility", "public");
      made.add(as(ann).post(GROUPS, command).at("/id"));
    }
    as(ann).post(GROUPS, Map.of("name", mark + " alpha but private"));

    assertThat(found(mark + " AL", 2)).containsExactlyElementsOf(made.subList(0, 3));
    assertThat(found(mark + " ä", 2)).contains(made.get(5));
    assertThat(found(mark + " apf", 2)).containsExactly(made.get(5));
    assertThat(found("sure " + mark, 2)).containsExactly(made.get(4));
    assertThat(found(mark + " 100%_", 2)).containsExactly(made.get(4));
    assertThat(found(mark + " %", 2)).isEmpty();
    assertThat(found(mark + " _", 2)).isEmpty();
    assertThat(found(mark + " \\", 2)).isEmpty();
    assertThat(found(mark + " '", 2)).isEmpty();
    assertThat(found(mark, 4)).hasSize(6);
    JsonNode seen = as(eve).get(GROUPS + "/search?query=" + mark + "%20beta").json().at("/items/0");
    assertThat(seen.get("memberCount").asInt()).isEqualTo(1);
    assertThat(seen.get("settings").isNull()).isTrue();
    assertThat(seen.get("me").isNull()).isTrue();
    assertThat(as(eve).get(GROUPS + "/" + made.get(3)).json()).isEqualTo(seen);
  }

  private List<String> found(String query, int limit) {
    List<String> ids = new ArrayList<>();
    String path =
        GROUPS
            + "/search?limit="
            + limit
            + "&query="
            + URLEncoder.encode(query, StandardCharsets.UTF_8);
    String next = "";
    while (next != null) {
      JsonNode page = as(eve).get(path + next).json();
      page.get("items").forEach(item -> ids.add(item.get("id").asString()));
      next = page.get("next").isNull() ? null : "&cursor=" + page.get("next").asString();
    }
    return ids;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?query=",
        "?query=%20",
        "?query=a%00",
        "?query=a&cursor=x",
        "?query=a&limit=0"
      })
  void searchShouldRefuseBadParameters(String parameters) {
    assertThat(as(ann).get(GROUPS + "/search" + parameters).problem())
        .isEqualTo("400 invalid-request");
  }

  @Test
  void editShouldNeedTheETagOfWhatWasRead() {
    String path = GROUPS + "/" + group(ann, bob);
    Api.Answer read = as(ann).get(path);

    assertThat(as(ann).patch(path, Map.of("name", "x")).problem())
        .isEqualTo("428 if-match-required");
    Api.Answer edited =
        as(ann)
            .patch(
                path,
                Map.of(
                    "name",
                    "New",
                    "settings",
                    Map.of("slowModeSeconds", 10, "announcementOnly", true)),
                read.header("etag"));
    assertThat(edited.status()).isEqualTo(200);
    assertThat(edited.at("/name")).isEqualTo("New");
    assertThat(edited.at("/settings/permissions/write")).isEqualTo("moderator");
    assertThat(edited.json().at("/settings/announcementOnly").asBoolean()).isTrue();
    assertThat(as(bob).get(path).json().at("/me/permissions")).isEmpty();
    assertThat(as(ann).patch(path, Map.of("name", "Late"), read.header("etag")).problem())
        .isEqualTo("412 edited-meanwhile");
    // Members come and go without making an edit fail.
    as(ann).post(path + "/members", user(eve));
    assertThat(as(ann).get(path).header("etag")).isEqualTo(edited.header("etag"));
    assertThat(
            as(ann)
                .patch(
                    path,
                    Map.of("settings", Map.of("announcementOnly", false)),
                    edited.header("etag"))
                .at("/settings/permissions/write"))
        .isEqualTo("member");
  }

  @Test
  void groupShouldSayHowLongItsMessagesCanBeEdited() {
    String path = GROUPS + "/" + group(ann);
    Api.Answer read = as(ann).get(path);
    assertThat(read.json().at("/settings/editSeconds").asInt()).isEqualTo(86_400);
    Api.Answer never =
        as(ann).patch(path, Map.of("settings", Map.of("editSeconds", 0)), read.header("etag"));
    assertThat(never.json().at("/settings/editSeconds").asInt()).isZero();
    // What else is set leaves it.
    Api.Answer slow =
        as(ann).patch(path, Map.of("settings", Map.of("slowModeSeconds", 5)), never.header("etag"));
    assertThat(slow.json().at("/settings/editSeconds").asInt()).isZero();
    assertThat(as(ann).get(path).json().at("/settings/editSeconds").asInt()).isZero();
    assertThat(slow.json().at("/settings/expireSeconds").asInt()).isZero();
    Api.Answer disappearing =
        as(ann).patch(path, Map.of("settings", Map.of("expireSeconds", 5)), slow.header("etag"));
    assertThat(disappearing.json().at("/settings/expireSeconds").asInt()).isEqualTo(5);
    assertThat(as(ann).get(path).json().at("/settings/expireSeconds").asInt()).isEqualTo(5);
  }

  @Test
  void editShouldNotCountWhatChangesNothing() {
    String path = GROUPS + "/" + group(ann);
    Api.Answer read = as(ann).get(path);

    Api.Answer same = as(ann).patch(path, Map.of("name", "Group"), read.header("etag"));

    assertThat(same.header("etag")).isEqualTo(read.header("etag"));
    assertThat(same.json().get("version").asInt()).isEqualTo(1);
    assertThat(as(ann).patch(path, Map.of(), read.header("etag")).status()).isEqualTo(200);
  }

  @Test
  void avatarShouldBeDrawnAnewAndServed() {
    String path = GROUPS + "/" + group(ann, bob) + "/avatar";
    assertThat(as(bob).get(path).problem()).isEqualTo("404 not-found");

    Api.Answer set = as(ann).put(path, picture(600, 300), "image/jpeg");

    assertThat(set.status()).isEqualTo(200);
    assertThat(set.at("/avatar")).hasSize(22);
    Api.Answer read = as(bob).get(path);
    assertThat(read.status()).isEqualTo(200);
    assertThat(read.header("content-type")).isEqualTo("image/png");
    assertThat(read.header("etag")).isEqualTo("\"" + set.at("/avatar") + "\"");
    assertThat(as(eve).get(path).problem()).isEqualTo("404 not-found");
    assertThat(as(bob).put(path, picture(1, 1), "image/png").problem()).isEqualTo("403 forbidden");
    assertThat(as(bob).delete(path).problem()).isEqualTo("403 forbidden");
    assertThat(as(ann).put(path, "<svg/>".getBytes(StandardCharsets.UTF_8), "image/png").problem())
        .isEqualTo("415 unsupported-image");
    assertThat(as(ann).put(path, Arrays.copyOf(picture(9, 9), 40), "image/png").problem())
        .isEqualTo("400 invalid-image");
    assertThat(as(ann).put(path, picture(5000, 1), "image/png").problem())
        .isEqualTo("413 image-too-large");
    assertThat(as(ann).put(path, jpegOfManyScans(), "image/jpeg").problem())
        .isEqualTo("413 image-too-large");
    assertThat(as(ann).put(path, new byte[1_100_000], "image/png").problem())
        .isEqualTo("413 body-too-large");
    assertThat(as(ann).put(path, new byte[0], "image/png").status()).isBetween(400, 415);
    assertThat(as(ann).delete(path).status()).isEqualTo(200);
    assertThat(as(bob).get(path).problem()).isEqualTo("404 not-found");
  }

  private static byte[] picture(int width, int height) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Each SOS marker makes a decoder draw the whole picture again. */
  private static byte[] jpegOfManyScans() {
    ByteBuffer jpeg = ByteBuffer.allocate(2 + 30_000 * 4 + 2).putShort((short) 0xFFD8);
    for (int i = 0; i < 30_000; i++) {
      jpeg.putShort((short) 0xFFDA).putShort((short) 2);
    }
    return jpeg.putShort((short) 0xFFD9).array();
  }

  @Test
  void archivedShouldMeanReadOnly() {
    String path = GROUPS + "/" + group(ann, bob);

    Api.Answer archived = as(ann).post(path + "/archive", "");

    assertThat(archived.json().get("archived").asBoolean()).isTrue();
    assertThat(as(bob).get(path).status()).isEqualTo(200);
    assertThat(as(ann).patch(path, Map.of("name", "x"), archived.header("etag")).problem())
        .isEqualTo("409 group-archived");
    assertThat(as(ann).post(path + "/members", user(eve)).problem())
        .isEqualTo("409 group-archived");
    assertThat(as(ann).put(path + "/avatar", picture(1, 1), "image/png").problem())
        .isEqualTo("409 group-archived");
    assertThat(as(bob).delete(path + "/members/" + bob).status()).isEqualTo(204);
    assertThat(as(ann).post(path + "/archive", "").json()).isEqualTo(as(ann).get(path).json());
    assertThat(as(ann).post(path + "/unarchive", "").json().get("archived").asBoolean()).isFalse();
    assertThat(as(ann).post(path + "/members", user(eve)).status()).isEqualTo(201);
  }

  @Test
  void deleteShouldLeaveNothing() {
    String group = group(ann, bob);
    String path = GROUPS + "/" + group;

    assertThat(as(bob).delete(path).problem()).isEqualTo("403 forbidden");
    assertThat(as(ann).delete(path).status()).isEqualTo(204);

    assertThat(as(ann).get(path).problem()).isEqualTo("404 not-found");
    assertThat(as(ann).delete(path).problem()).isEqualTo("404 not-found");
    assertThat(stored(group)).isEmpty();
    assertThat(as(bob).get(GROUPS).json().get("items")).isEmpty();
  }

  @Test
  void callsShouldNeedTheirScope() {
    String path = GROUPS + "/" + group(ann);
    Api reader = api().withToken(USERS.token(ann, Set.of(Scope.GROUPS_READ)));
    Api manager = api().withToken(USERS.token(ann, Set.of(Scope.GROUPS_MANAGE)));

    assertThat(reader.get(path).status()).isEqualTo(200);
    assertThat(reader.delete(path).problem()).isEqualTo("403 insufficient-scope");
    assertThat(reader.post(GROUPS, Map.of("name", "x")).problem())
        .isEqualTo("403 insufficient-scope");
    assertThat(manager.get(path).problem()).isEqualTo("403 insufficient-scope");
    assertThat(manager.get(path).header("www-authenticate")).contains("groups:read");
    assertThat(reader.get("/api/v1/admin/reports").problem()).isEqualTo("403 insufficient-scope");
  }

  @Test
  void snapshotsShouldShowAnyGroupToServices() {
    String group = group(ann, bob);
    setRole(group, bob, "ADMIN");
    String path = "/internal/groups/" + group;
    ServiceTokens caller = new ServiceTokens(SECRET, "message-service", CLOCK);
    Api service = api().withAuthorization(caller.bearer("group-service"));

    Api.Answer answer = service.get(path);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().propertyNames())
        .containsExactlyInAnyOrder("id", "name", "version", "archived", "policy", "members");
    assertThat(answer.at("/policy/permissions/moderate")).isEqualTo("moderator");
    assertThat(
            answer
                .json()
                .get("members")
                .valueStream()
                .map(m -> m.get("userId").asString() + " " + m.get("role").asString())
                .toList())
        .containsExactlyInAnyOrder(ann + " owner", bob + " admin");
    assertThat(service.get("/internal/groups/" + UUID.randomUUID()).problem())
        .isEqualTo("404 not-found");
    assertThat(api().withAuthorization(caller.bearer("user-service")).get(path).problem())
        .isEqualTo("401 unauthenticated");
    assertThat(as(ann).get(path).problem()).isEqualTo("401 unauthenticated");
  }

  @Test
  void headsShouldListEveryGroupOnce() {
    List<String> made = Stream.generate(() -> group(ann)).limit(5).toList();
    ServiceTokens caller = new ServiceTokens(SECRET, "message-service", CLOCK);
    Api service = api().withAuthorization(caller.bearer("group-service"));

    List<String> seen = new ArrayList<>();
    String after = "";
    while (after != null) {
      JsonNode page = service.get("/internal/groups?limit=2" + after).json();
      page.get("items")
          .forEach(item -> seen.add(item.get("id").asString() + " " + item.get("version")));
      after = page.get("next").isNull() ? null : "&after=" + page.get("next").asString();
    }

    assertThat(seen).doesNotHaveDuplicates();
    assertThat(seen).containsAll(made.stream().map(id -> id + " 1").toList());
  }
}
