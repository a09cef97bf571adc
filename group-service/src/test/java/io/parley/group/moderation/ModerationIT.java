package io.parley.group.moderation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.common.access.SystemRole;
import io.parley.common.events.AuditRecorded;
import io.parley.common.events.GroupMembersChanged;
import io.parley.common.events.GroupMembersChanged.DeleteMessages;
import io.parley.common.events.GroupMembersChanged.Kind;
import io.parley.common.ids.UserId;
import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModerationIT extends GroupServiceIT {

  private static final String REPORTS = "/api/v1/reports";
  private static final String ADMIN_REPORTS = "/api/v1/admin/reports";

  @Autowired private RabbitTemplate rabbit;
  @Autowired private JsonMapper json;

  private final String ann = USERS.newUser();
  private final String bob = USERS.newUser();
  private final String eve = USERS.newUser();

  @Test
  void aBanShouldRemoveAtOnceAndKeepOut() {
    String group = group(ann, bob, eve);
    setRole(group, eve, "MODERATOR");

    Api.Answer banned = as(eve).put(bans(group) + "/" + bob, Map.of("reason", "spam"));

    assertThat(banned.status()).isEqualTo(200);
    assertThat(banned.at("/bannedBy")).isEqualTo(eve);
    assertThat(as(bob).get(GROUPS + "/" + group).problem()).isEqualTo("404 not-found");
    assertThat(as(ann).post(members(group), user(bob)).problem()).isEqualTo("403 banned");
    assertThat(as(ann).get(bans(group)).at("/items/0/reason")).isEqualTo("spam");
    assertThat(as(bob).get(bans(group)).problem()).isEqualTo("404 not-found");
    assertThat(as(eve).delete(bans(group) + "/" + bob).status()).isEqualTo(204);
    assertThat(as(eve).delete(bans(group) + "/" + bob).problem()).isEqualTo("404 not-found");
    assertThat(as(ann).post(members(group), user(bob)).status()).isEqualTo(201);
    List<AuditRecorded> trail = audit(group, 2);
    assertThat(trail)
        .extracting(AuditRecorded::action)
        .containsExactly("group.member.banned", "group.member.unbanned");
    assertThat(trail.get(0).actor()).isEqualTo(UserId.valueOf(eve));
    assertThat(trail.get(0).targetId()).isEqualTo(bob);
    assertThat(trail.get(0).service()).isEqualTo("group-service");
    assertThat(trail.get(0).address()).isNotNull();
    assertThat(trail.get(0).requestId()).isNotNull();
    assertThat(trail.get(0).details()).containsEntry("reason", "spam");
  }

  @Test
  void aBanShouldSayWhichMessagesGoWithIt() {
    String group = group(ann, bob, eve);
    String dan = USERS.newUser();
    String fay = USERS.newUser();
    Instant now = CLOCK.instant();

    assertThat(as(eve).put(bans(group) + "/" + bob, deleting("all")).problem())
        .isEqualTo("403 forbidden");
    as(ann).put(bans(group) + "/" + bob, deleting("P1D"));
    as(ann).put(bans(group) + "/" + eve, deleting("none"));
    // No member any more, and one who never was; what the second wrote is nothing.
    as(ann).put(bans(group) + "/" + bob, deleting("P7D"));
    as(ann).put(bans(group) + "/" + dan, deleting("all"));
    as(ann).put(bans(group) + "/" + fay, Map.of());

    List<GroupMembersChanged> told = told(group, 5);
    assertThat(told)
        .extracting(GroupMembersChanged::kind)
        .containsExactly(
            Kind.CREATED,
            Kind.MEMBERS_REMOVED,
            Kind.MEMBERS_REMOVED,
            Kind.MEMBERS_UPDATED,
            Kind.MEMBERS_UPDATED);
    assertThat(told).extracting(GroupMembersChanged::version).containsExactly(1L, 2L, 3L, 4L, 5L);
    DeleteMessages ofADay = requireNonNull(told.get(1).deleteMessages());
    assertThat(ofADay.author()).isEqualTo(UserId.valueOf(bob));
    assertThat(ofADay.since())
        .isBetween(now.minus(Duration.ofHours(24)).minusMillis(1), now.minus(Duration.ofHours(23)));
    assertThat(told.get(2).deleteMessages()).isNull();
    assertThat(requireNonNull(told.get(3).deleteMessages()).since())
        .isBetween(now.minus(Duration.ofDays(7)).minusMillis(1), now.minus(Duration.ofDays(6)));
    assertThat(told.get(4).deleteMessages())
        .isEqualTo(new DeleteMessages(UserId.valueOf(dan), null));
    assertThat(told.get(4).changes()).isEmpty();
    assertThat(audit(group, 5))
        .extracting(entry -> entry.details().get("deleteMessages"))
        .containsExactly("P1D", "none", "P7D", "all", "none");
  }

  private static Map<String, String> deleting(String messages) {
    return Map.of("deleteMessages", messages);
  }

  /** The next so many events of a group. */
  private List<GroupMembersChanged> told(String group, int count) {
    List<GroupMembersChanged> taken = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              Message message = rabbit.receive(QUEUE);
              while (message != null) {
                GroupMembersChanged event =
                    json.readValue(message.getBody(), GroupMembersChanged.class);
                if (group.equals(event.groupId().toString())) {
                  taken.add(event);
                }
                message = rabbit.receive(QUEUE);
              }
              return taken.size() >= count;
            });
    return taken;
  }

  @Test
  void aBanShouldEndByItself() {
    String group = group(ann, bob);
    as(ann)
        .put(
            bans(group) + "/" + bob,
            Map.of("until", CLOCK.instant().plus(Duration.ofMinutes(5)).toString()));

    CLOCK.forward(Duration.ofMinutes(6));

    assertThat(as(ann).get(bans(group)).json().get("items")).isEmpty();
    assertThat(as(ann).post(members(group), user(bob)).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({
    "ADMIN,     ADMIN,     403",
    "ADMIN,     MODERATOR, 200",
    "MODERATOR, MODERATOR, 403",
    "MODERATOR, MEMBER,    200",
    "MEMBER,    MEMBER,    403",
  })
  void bansShouldBeForHigherRoles(String caller, String target, int status) {
    String group = group(ann, bob, eve);
    setRole(group, bob, caller);
    setRole(group, eve, target);

    assertThat(as(bob).put(bans(group) + "/" + eve, Map.of()).status()).isEqualTo(status);
    assertThat(as(bob).put(bans(group) + "/" + ann, Map.of()).problem()).isEqualTo("403 forbidden");
    assertThat(as(bob).put(bans(group) + "/" + bob, Map.of()).problem()).isEqualTo("403 forbidden");
    assertThat(as(bob).put(bans(group) + "/" + USERS.newUser(), Map.of()).status())
        .isEqualTo(caller.equals("MEMBER") ? 403 : 200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"reason\":1}",
        "{\"reason\":\"bell\\u0007\"}",
        "{\"until\":\"2020-01-01T00:00:00Z\"}",
        "{\"until\":\"never\"}",
        "{\"deleteMessages\":\"P2D\"}",
        "{\"deleteMessages\":\"OF_A_DAY\"}",
        "{\"deleteMessages\":\"\"}",
        "{\"deleteMessages\":0}",
        "{\"deleteMessages\":[\"all\"]}",
        "{\"until\":\"+999999999-12-31T23:59:59Z\"}",
        "{\"x\":1}"
      })
  void bansShouldRefuseBadCommands(String body) {
    String group = group(ann, bob);

    assertThat(as(ann).put(bans(group) + "/" + bob, body).problem())
        .isEqualTo("400 invalid-request");
    assertThat(as(ann).put(bans(group) + "/" + bob, Map.of("reason", "x".repeat(501))).problem())
        .isEqualTo("400 invalid-request");
  }

  @Test
  void reportsShouldReachBothQueues() {
    String group = group(ann, bob, eve);
    Api.Answer made =
        as(bob)
            .post(
                REPORTS,
                Map.of(
                    "conversationId",
                    group,
                    "seq",
                    7,
                    "userId",
                    eve,
                    "reason",
                    "spam",
                    "text",
                    "<b>看</b>\nthis"),
                "key");

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.at("/groupId")).isEqualTo(group);
    String id = made.at("/id");
    JsonNode queued = as(ann).get(reports(group)).json().at("/items/0");
    assertThat(queued.get("id").asString()).isEqualTo(id);
    assertThat(queued.get("seq").asLong()).isEqualTo(7);
    assertThat(queued.get("text").asString()).isEqualTo("<b>看</b>\nthis");
    assertThat(as(bob).get(reports(group)).problem()).isEqualTo("403 forbidden");
    Api moderator = api().withToken(USERS.token(bob, SystemRole.MODERATOR.scopes()));
    assertThat(moderator.get(ADMIN_REPORTS + "?limit=200").text()).contains(id);

    for (String body :
        List.of("{}", "{\"outcome\":null}", "{\"outcome\":\"open\"}", "{\"outcome\":1}", "")) {
      assertThat(as(ann).post(reports(group) + "/" + id + "/resolve", body).problem())
          .isEqualTo("400 invalid-request");
    }
    Map<String, String> decision = Map.of("outcome", "resolved", "note", "warned");
    String elsewhere = group(ann);
    assertThat(as(ann).post(reports(elsewhere) + "/" + id + "/resolve", decision).problem())
        .isEqualTo("404 not-found");
    Api.Answer resolved = as(ann).post(reports(group) + "/" + id + "/resolve", decision);
    assertThat(resolved.at("/status")).isEqualTo("resolved");
    assertThat(resolved.at("/resolvedBy")).isEqualTo(ann);
    assertThat(as(ann).post(reports(group) + "/" + id + "/resolve", decision).problem())
        .isEqualTo("409 conflict");
    assertThat(moderator.post(ADMIN_REPORTS + "/" + id + "/resolve", decision).problem())
        .isEqualTo("409 conflict");
    assertThat(as(ann).get(reports(group)).json().get("items")).isEmpty();
    assertThat(as(ann).get(reports(group) + "?status=resolved").json().get("items")).hasSize(1);
  }

  @Test
  void nobodyShouldDecideAboutThemselvesOrAboutHigherRoles() {
    String group = group(ann, bob, eve);
    setRole(group, bob, "MODERATOR");
    Map<String, String> decision = Map.of("outcome", "dismissed");
    for (String reported : List.of(bob, ann)) {
      String id =
          as(eve)
              .post(REPORTS, Map.of("groupId", group, "userId", reported, "reason", "other"))
              .at("/id");
      assertThat(as(bob).post(reports(group) + "/" + id + "/resolve", decision).problem())
          .isEqualTo("403 forbidden");
    }
  }

  @Test
  void aReportOfAUserShouldBeForTheInstallation() {
    Api.Answer made = as(ann).post(REPORTS, Map.of("userId", eve, "reason", "harassment"));
    Api moderator = api().withToken(USERS.token(bob, SystemRole.MODERATOR.scopes()));

    Api.Answer decided =
        moderator.post(
            ADMIN_REPORTS + "/" + made.at("/id") + "/resolve", Map.of("outcome", "dismissed"));

    assertThat(decided.at("/status")).isEqualTo("dismissed");
    assertThat(as(ann).get(ADMIN_REPORTS).problem()).isEqualTo("403 insufficient-scope");
    assertThat(
            as(ann)
                .post(
                    ADMIN_REPORTS + "/" + made.at("/id") + "/resolve",
                    Map.of("outcome", "dismissed"))
                .problem())
        .isEqualTo("403 insufficient-scope");
    assertThat(moderator.get(ADMIN_REPORTS + "?status=x").problem())
        .isEqualTo("400 invalid-request");
  }

  @Test
  void reportsShouldNotTellWhatExists() {
    String hidden = group(ann);

    for (String id : List.of(hidden, UUID.randomUUID().toString())) {
      assertThat(as(eve).post(REPORTS, Map.of("groupId", id, "reason", "spam")).problem())
          .isEqualTo("404 not-found");
    }
    assertThat(
            as(eve)
                .post(REPORTS, Map.of("userId", UUID.randomUUID().toString(), "reason", "spam"))
                .problem())
        .isEqualTo("404 unknown-user");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"reason\":\"spam\"}",
        "{\"userId\":\"x\",\"reason\":\"spam\"}",
        "{\"groupId\":1,\"reason\":\"spam\"}",
        "{\"conversationId\":\"0b9f6a51-2f0e-8c1d-9a3b-5d6e7f801234\"}",
        "{\"conversationId\":\"0b9f6a51-2f0e-8c1d-9a3b-5d6e7f801234\",\"reason\":\"boring\"}",
        "{\"conversationId\":\"0b9f6a51-2f0e-8c1d-9a3b-5d6e7f801234\",\"reason\":\"spam\",\"seq\":0}",
        "{\"conversationId\":\"0b9f6a51-2f0e-8c1d-9a3b-5d6e7f801234\",\"reason\":\"spam\",\"text\":\"\\u0000\"}",
      })
  void reportsShouldRefuseBadCommands(String body) {
    assertThat(as(ann).post(REPORTS, body).problem()).isEqualTo("400 invalid-request");
  }

  /** The next so many about a group. */
  private List<AuditRecorded> audit(String group, int count) {
    List<AuditRecorded> taken = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              Message message = rabbit.receive(AUDIT);
              while (message != null) {
                AuditRecorded entry =
                    json.readValue(
                        new String(message.getBody(), StandardCharsets.UTF_8), AuditRecorded.class);
                if (group.equals(entry.details().get("groupId"))) {
                  taken.add(entry);
                }
                message = rabbit.receive(AUDIT);
              }
              return taken.size() >= count;
            });
    return taken;
  }

  private static String bans(String group) {
    return GROUPS + "/" + group + "/bans";
  }

  private static String reports(String group) {
    return GROUPS + "/" + group + "/reports";
  }
}
