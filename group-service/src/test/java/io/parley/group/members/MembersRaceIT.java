package io.parley.group.members;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.GroupMembersChanged;
import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.json.JsonMapper;

/**
 * Changes of one group that meet in PostgreSQL, in transactions that really are parallel. Whatever
 * the order, the group is consistent after it, and its events tell the same.
 */
class MembersRaceIT extends GroupServiceIT {

  private static final int CALLS = 12;

  @Autowired private RabbitTemplate rabbit;
  @Autowired private JsonMapper json;

  private final String ann = USERS.newUser();
  private final String bob = USERS.newUser();
  private final String cid = USERS.newUser();
  private final String dan = USERS.newUser();

  @Test
  void addsAtOnceShouldAllSucceedWithAVersionEach() throws Exception {
    String group = group(ann);

    List<Api.Answer> answers =
        atOnce(
            Collections.nCopies(CALLS, () -> as(ann).post(members(group), user(USERS.newUser()))));

    assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(201));
    consistent(group);
    assertThat(stored(group)).hasSize(CALLS + 1);
  }

  @Test
  void oneUserAddedManyTimesAtOnceShouldBeAddedOnce() throws Exception {
    String group = group(ann);

    List<Api.Answer> answers =
        atOnce(Collections.nCopies(CALLS, () -> as(ann).post(members(group), user(bob))));

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(1);
    assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(CALLS - 1);
    consistent(group);
  }

  @Test
  void creationsWithOneKeyAtOnceShouldMakeOneGroup() throws Exception {
    List<Api.Answer> answers =
        atOnce(
            Collections.nCopies(
                CALLS, () -> as(ann).post(GROUPS, Map.of("name", "Once"), "key-1")));

    assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(201));
    assertThat(answers.stream().map(Api.Answer::text).distinct()).hasSize(1);
    assertThat(as(ann).get(GROUPS).json().get("items")).hasSize(1);
  }

  @RepeatedTest(3)
  void adminsDemotingOneAnotherShouldBothStay() throws Exception {
    String group = group(ann, bob, cid);
    setRole(group, bob, "ADMIN");
    setRole(group, cid, "ADMIN");

    List<Api.Answer> answers =
        atOnce(
            List.of(
                () -> as(bob).patch(members(group) + "/" + cid, Map.of("role", "member")),
                () -> as(cid).patch(members(group) + "/" + bob, Map.of("role", "member"))));

    assertThat(answers).extracting(Api.Answer::problem).containsOnly("403 forbidden");
    assertThat(stored(group)).contains(bob + " admin", cid + " admin");
  }

  /** The owner demotes an admin who is about to use the role: whoever is first decides. */
  @RepeatedTest(3)
  void aDemotedAdminShouldActNoMore() throws Exception {
    String group = group(ann, bob, cid);
    setRole(group, bob, "ADMIN");

    List<Api.Answer> answers =
        atOnce(
            List.of(
                () -> as(ann).patch(members(group) + "/" + bob, Map.of("role", "member")),
                () -> as(bob).patch(members(group) + "/" + cid, Map.of("role", "moderator"))));

    assertThat(answers.get(0).status()).isEqualTo(200);
    List<GroupMembersChanged> events = consistent(group);
    boolean demotedFirst = answers.get(1).status() == 403;
    assertThat(answers.get(1).status()).isIn(200, 403);
    assertThat(stored(group))
        .contains(bob + " member", cid + (demotedFirst ? " member" : " moderator"));
    assertThat(events.getLast().changes().get(0).userId().toString()).isEqualTo(bob);
  }

  /** One is promoted while being demoted by another. */
  @RepeatedTest(3)
  void promotionAndDemotionShouldHappenOneAfterTheOther() throws Exception {
    String group = group(ann, bob, cid);
    setRole(group, bob, "ADMIN");
    setRole(group, cid, "MODERATOR");

    List<Api.Answer> answers =
        atOnce(
            List.of(
                () -> as(ann).patch(members(group) + "/" + cid, Map.of("role", "admin")),
                () -> as(bob).patch(members(group) + "/" + cid, Map.of("role", "member"))));

    // Once cid is an admin, bob can do nothing; demoted first, the owner promotes all the same.
    assertThat(answers.get(0).status()).isEqualTo(200);
    assertThat(answers.get(1).status()).isIn(200, 403);
    assertThat(stored(group)).contains(cid + " admin");
    consistent(group);
  }

  @RepeatedTest(3)
  void aTransferAndTheHeirsLeavingShouldLeaveOneOwner() throws Exception {
    String group = group(ann, bob, cid);

    List<Api.Answer> answers =
        atOnce(
            List.of(
                () -> as(ann).put(GROUPS + "/" + group + "/owner", user(bob)),
                () -> as(bob).delete(members(group) + "/" + bob)));

    if (answers.get(0).status() == 200) {
      assertThat(answers.get(1).problem()).isEqualTo("409 owner-must-transfer");
      assertThat(stored(group)).contains(bob + " owner", ann + " admin");
    } else {
      assertThat(answers.get(0).problem()).isEqualTo("404 not-found");
      assertThat(answers.get(1).status()).isEqualTo(204);
      assertThat(stored(group)).contains(ann + " owner");
    }
    consistent(group);
  }

  @RepeatedTest(3)
  void transfersToTwoAtOnceShouldLeaveOneOwner() throws Exception {
    String group = group(ann, bob, cid);

    List<Api.Answer> answers =
        atOnce(
            List.of(
                () -> as(ann).put(GROUPS + "/" + group + "/owner", user(bob)),
                () -> as(ann).put(GROUPS + "/" + group + "/owner", user(cid))));

    assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(1);
    assertThat(answers).filteredOn(answer -> answer.status() == 403).hasSize(1);
    consistent(group);
  }

  @Test
  void joinsShouldStopAtTheLimit() throws Exception {
    int room = 3;
    List<String> others = new ArrayList<>();
    for (int i = 0; i < 1199 - room; i++) {
      others.add(USERS.newUser());
    }
    Api.Answer made =
        as(ann).post(GROUPS, Map.of("name", "Full", "visibility", "public", "memberIds", others));
    String join = GROUPS + "/" + made.at("/id") + "/join";

    List<Callable<Api.Answer>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      String user = USERS.newUser();
      calls.add(() -> as(user).post(join, ""));
    }
    List<Api.Answer> answers = atOnce(calls);

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(room);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 201)
        .extracting(Api.Answer::problem)
        .containsOnly("409 group-full");
    assertThat(stored(made.at("/id"))).hasSize(1200);
  }

  @RepeatedTest(3)
  void aBannedUserShouldNotSlipIn() throws Exception {
    Api.Answer made = as(ann).post(GROUPS, Map.of("name", "Open", "visibility", "public"));
    String group = made.at("/id");

    List<Api.Answer> answers =
        atOnce(
            List.of(
                () -> as(ann).put(GROUPS + "/" + group + "/bans/" + bob, Map.of()),
                () -> as(bob).post(GROUPS + "/" + group + "/join", "")));

    assertThat(answers.get(0).status()).isEqualTo(200);
    assertThat(answers.get(1).status()).isIn(201, 403);
    assertThat(stored(group)).containsExactly(ann + " owner");
    consistent(group);
  }

  @RepeatedTest(3)
  void theLastUseOfALinkShouldBeOneUsers() throws Exception {
    String group = group(ann);
    String token =
        as(ann).post(GROUPS + "/" + group + "/invitation-links", Map.of("maxUses", 1)).at("/token");

    List<Callable<Api.Answer>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      String user = USERS.newUser();
      calls.add(() -> as(user).post("/api/v1/invitations/links/redeem", Map.of("token", token)));
    }
    List<Api.Answer> answers = atOnce(calls);

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 201)
        .extracting(Api.Answer::problem)
        .containsOnly("410 invitation-gone");
    assertThat(stored(group)).hasSize(2);
    consistent(group);
  }

  /** Everything at once, many times: no deadlock, and what is told adds up to what there is. */
  @Test
  void aStormShouldEndConsistent() throws Exception {
    String group = group(ann, bob, cid, dan);
    setRole(group, bob, "ADMIN");
    setRole(group, cid, "ADMIN");
    List<Callable<Api.Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String newcomer = USERS.newUser();
      String role = i % 2 == 0 ? "moderator" : "member";
      calls.add(() -> as(bob).patch(members(group) + "/" + dan, Map.of("role", role)));
      calls.add(() -> as(cid).post(members(group), user(newcomer)));
      calls.add(() -> as(bob).put(GROUPS + "/" + group + "/bans/" + newcomer, Map.of()));
      calls.add(() -> as(dan).delete(members(group) + "/" + dan));
      calls.add(() -> as(cid).post(members(group), user(dan)));
    }

    List<Api.Answer> answers = atOnce(calls);

    // More wait than there are connections: some may be told to come again.
    assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isNotEqualTo(500));
    consistent(group);
  }

  /**
   * One owner; versions without a gap, in order; and the events, applied one after the other, give
   * the stored members. Roles that a test stored itself are not in the events.
   */
  private List<GroupMembersChanged> consistent(String group) {
    List<String> members = stored(group);
    assertThat(members).filteredOn(member -> member.endsWith(" owner")).hasSize(1);
    long version = as(ann).get(GROUPS + "/" + group).json().get("version").asLong();
    TreeMap<Long, GroupMembersChanged> events = new TreeMap<>();
    List<Long> order = new ArrayList<>();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              Message message = rabbit.receive(QUEUE);
              while (message != null) {
                GroupMembersChanged event =
                    json.readValue(
                        new String(message.getBody(), StandardCharsets.UTF_8),
                        GroupMembersChanged.class);
                if (event.groupId().toString().equals(group)) {
                  events.put(event.version(), event);
                  order.add(event.version());
                }
                message = rabbit.receive(QUEUE);
              }
              return !events.isEmpty() && events.lastKey() >= version;
            });
    assertThat(order).isEqualTo(LongStream.rangeClosed(1, version).boxed().toList());
    Map<String, Boolean> active = new HashMap<>();
    events
        .values()
        .forEach(
            event -> event.changes().forEach(m -> active.put(m.userId().toString(), m.active())));
    assertThat(members.stream().map(member -> member.substring(0, 36)).toList())
        .containsExactlyInAnyOrderElementsOf(
            active.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList());
    return List.copyOf(events.values());
  }
}
