package io.parley.message.groups;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.Scope;
import io.parley.common.access.SystemRole;
import io.parley.common.events.GroupMembersChanged;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraConversationStore.StoredConversation;
import io.parley.message.conversation.CassandraMemberStore;
import io.parley.message.conversation.CassandraMemberStore.Change;
import io.parley.message.conversation.CassandraMemberStore.FirstView;
import io.parley.message.conversation.Member;
import io.parley.message.conversation.Membership;
import io.parley.message.groups.GroupEventsListener.Compare;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;

/** Events of group-service that get lost, come twice, too late, or beside a snapshot. */
class GroupRepairIT {

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final UserId cleo = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final Http asCleo = new Http(Nodes.B.http(), Nodes.FLEET.token(cleo));
  private final TestGroup group = new TestGroup(ann);
  private final CassandraConversationStore store = Nodes.A.get(CassandraConversationStore.class);
  private final CassandraMemberStore memberStore = Nodes.A.get(CassandraMemberStore.class);

  @AfterEach
  void groupServiceIsBack() {
    Nodes.FLEET.groupServiceIsAway(false);
  }

  private String path(String rest) {
    return "/api/v1/conversations/" + group.id + rest;
  }

  private void untilSettled(long version) throws Exception {
    until(
        () -> {
          StoredConversation stored = store.stored(new ConversationId(group.id));
          return stored != null && stored.settled() == version;
        });
  }

  private List<String> changes() {
    List<String> changes = new ArrayList<>();
    asAnn
        .get(path("/events"))
        .json()
        .get("items")
        .forEach(
            event -> {
              if (event.path("type").asString().equals("MEMBERS")) {
                changes.add(event.get("change").asString());
              }
            });
    return changes;
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(item -> strings.add(item.asString()));
    return strings;
  }

  private static Http admin() {
    UserId admin = Nodes.FLEET.user();
    return new Http(
        Nodes.B.http(),
        Nodes.FLEET.token(
            admin,
            Instant.now().plusSeconds(600),
            token ->
                token
                    .claim("role", "admin")
                    .claim("scope", Scope.format(SystemRole.ADMIN.scopes()))));
  }

  private Answer reconciled(Http admin, String query) throws Exception {
    Answer started = admin.post("/api/v1/admin/reconciliation" + query, "");
    assertThat(started.status()).as(started.response().body()).isEqualTo(202);
    until(
        () ->
            !admin
                .get("/api/v1/admin/reconciliation")
                .json()
                .get("state")
                .asString()
                .equals("running"));
    return admin.get("/api/v1/admin/reconciliation");
  }

  @Test
  void lostEventShouldBeMadeGoodWithTheNextOne() throws Exception {
    publish(group.create(ben));
    untilSettled(1);
    try (StompClient annSocket = StompClient.connect(Nodes.A.http(), asAnn.token());
        StompClient benSocket = StompClient.connect(Nodes.B.http(), asBen.token());
        StompClient cleoSocket = StompClient.connect(Nodes.B.http(), asCleo.token())) {
      group.add(cleo);
      group.remove(ben);
      publish(group.rename("after the loss"));
      JsonNode repaired =
          annSocket.event(e -> e.path("change").asString().equals(MembersPayload.REPAIRED));
      assertThat(strings(repaired.get("added"))).containsExactly(cleo.toString());
      assertThat(strings(repaired.get("removed"))).containsExactly(ben.toString());
      benSocket.event("LEFT");
      cleoSocket.event("JOINED");
    }
    untilSettled(4);
    until(() -> asBen.get(path("/messages")).slug().equals("not-a-member"));
    until(() -> asCleo.get(path("/messages")).status() == 200);
    assertThat(changes()).containsExactly("CREATED", "UPDATED", "REPAIRED");
  }

  @Test
  void repeatedAndReorderedEventsShouldChangeNothing() throws Exception {
    GroupMembersChanged created = group.create(ben);
    GroupMembersChanged added = group.add(cleo);
    GroupMembersChanged removed = group.remove(ben);
    GroupMembersChanged again = group.add(ben);
    GroupMembersChanged promoted = group.role(cleo, GroupRole.MODERATOR);
    // In one call: only on one channel do events keep their order.
    publish(
        created, created, added, created, removed, promoted, again, removed, added, created,
        promoted);
    untilSettled(5);
    publish(again, removed, added, created);
    GroupMembersChanged last = group.rename("last");
    publish(last);
    untilSettled(6);
    var members = memberStore.stored(new ConversationId(group.id));
    assertThat(requireNonNull(members.get(ben)).active()).isTrue();
    assertThat(requireNonNull(members.get(cleo)).member().role()).isEqualTo(GroupRole.MODERATOR);
    // Ben's coming again was told by the comparison that the early change of cleo's role led to.
    assertThat(changes())
        .containsExactly(
            "CREATED",
            "MEMBERS_ADDED",
            "MEMBERS_REMOVED",
            "MEMBERS_UPDATED",
            "REPAIRED",
            "UPDATED");
  }

  @Test
  void nodeThatDiesBeforeItSettlesShouldLeaveEachChangeOnceInTheLog() throws Exception {
    List<GroupMembersChanged> all =
        List.of(
            group.create(ben),
            group.add(cleo),
            group.role(cleo, GroupRole.MODERATOR),
            group.remove(ben),
            group.rename("renamed"),
            group.add(ben));
    GroupProjection.Group dies = Nodes.A.get(GroupProjection.class).group(group.id);
    all.subList(0, 5).forEach(change -> assertThat(dies.apply(change)).isTrue());
    dies.flush();
    assertThat(requireNonNull(store.stored(new ConversationId(group.id))).settled()).isZero();
    publish(all.toArray(GroupMembersChanged[]::new));
    untilSettled(6);
    assertThat(changes())
        .containsExactly(
            "CREATED",
            "MEMBERS_ADDED",
            "MEMBERS_UPDATED",
            "MEMBERS_REMOVED",
            "UPDATED",
            "MEMBERS_ADDED");
    JsonNode promoted = asAnn.get(path("/events")).json().get("items").get(2);
    assertThat(promoted.get("added")).isEmpty();
    assertThat(promoted.get("updated").get(0).get("userId").asString()).isEqualTo(cleo.toString());
    var members = memberStore.stored(new ConversationId(group.id));
    assertThat(requireNonNull(members.get(ben)).active()).isTrue();
    assertThat(requireNonNull(members.get(cleo)).member().role()).isEqualTo(GroupRole.MODERATOR);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void nodeThatDiesBetweenTwoPartsOfSomeChangesShouldLeaveEachOnceInTheLog(int parts)
      throws Exception {
    group.with(TestGroup.fromJoining());
    publish(group.create(ben));
    untilSettled(1);
    List<GroupMembersChanged> all =
        List.of(
            group.add(cleo),
            group.role(cleo, GroupRole.MODERATOR),
            group.rename("once"),
            group.remove(ben),
            group.rename("twice"));
    GroupProjection.Group dies = Nodes.A.get(GroupProjection.class).group(group.id);
    all.forEach(change -> assertThat(dies.apply(change)).isTrue());
    assertThat(dies.parts()).hasSize(6);
    dies.parts().subList(0, parts).forEach(Runnable::run);
    assertThat(requireNonNull(store.stored(new ConversationId(group.id))).settled()).isOne();

    publish(all.toArray(GroupMembersChanged[]::new));
    untilSettled(6);
    assertThat(changes())
        .containsExactly(
            "CREATED", "MEMBERS_ADDED", "MEMBERS_UPDATED", "UPDATED", "MEMBERS_REMOVED", "UPDATED");
    StoredConversation stored = requireNonNull(store.stored(new ConversationId(group.id)));
    assertThat(stored.conversation().name()).isEqualTo("twice");
    assertThat(stored.newest()).isEqualTo(6);
    JsonNode joined = asCleo.get(path("/events")).json().get("items").get(0);
    assertThat(joined.get("change").asString()).isEqualTo("MEMBERS_ADDED");
    assertThat(strings(joined.get("added"))).containsExactly(cleo.toString());
    var members = memberStore.stored(new ConversationId(group.id));
    assertThat(requireNonNull(members.get(ben)).active()).isFalse();
    assertThat(requireNonNull(members.get(cleo)).member().role()).isEqualTo(GroupRole.MODERATOR);
    assertThat(requireNonNull(members.get(cleo)).member().visibleFrom())
        .isEqualTo(joined.get("seq").asLong());
  }

  @Test
  void comparisonThatBrokeOffBeforeItToldWhoJoinedShouldBeBroughtToItsEnd() throws Exception {
    group.with(TestGroup.fromJoining());
    publish(group.create(ben));
    untilSettled(1);
    group.add(cleo);
    ConversationId id = new ConversationId(group.id);
    memberStore.put(
        List.of(new Change(Membership.inGroup(cleo, id), Member.plain(cleo), true)),
        2,
        Map.of(cleo, FirstView.NOTHING_YET));
    Nodes.A.get(GroupEventsListener.class).compareLater(new Compare(group.id, true, false));
    untilSettled(2);
    JsonNode repaired = asAnn.get(path("/events")).json().get("items").get(1);
    assertThat(strings(repaired.get("added"))).containsExactly(cleo.toString());
    assertThat(requireNonNull(memberStore.stored(id).get(cleo)).member().visibleFrom())
        .isEqualTo(repaired.get("seq").asLong());
  }

  @Test
  void lateEventShouldNotBringBackWhoHasLeftWhereNobodyCanBeAsked() throws Exception {
    GroupMembersChanged created = group.create();
    GroupMembersChanged added = group.add(ben);
    GroupMembersChanged removed = group.remove(ben);
    publish(created);
    untilSettled(1);
    Nodes.FLEET.groupServiceIsAway(true);
    publish(removed, added);
    untilSettled(2);
    until(() -> asBen.get(path("/messages")).slug().equals("not-a-member"));
    JsonNode late = asAnn.get(path("/events")).json().get("items").get(2);
    assertThat(late.get("change").asString()).isEqualTo("MEMBERS_ADDED");
    assertThat(late.get("added")).isEmpty();
    Nodes.FLEET.groupServiceIsAway(false);
    // What could not be asked then is asked again.
    untilSettled(3);
  }

  @Test
  void snapshotBesideEventsShouldNotMatter() throws Exception {
    GroupMembersChanged created = group.create(ben);
    // Somebody asks before any event has come: the snapshot is as of version 3 already.
    GroupMembersChanged added = group.add(cleo);
    GroupMembersChanged removed = group.remove(ben);
    assertThat(asCleo.get(path("/messages")).status()).isEqualTo(200);
    publish(created, added);
    Nodes.A.get(GroupEventsListener.class).compareLater(new Compare(group.id, true, false));
    publish(removed);
    untilSettled(3);
    until(() -> asBen.get(path("/messages")).slug().equals("not-a-member"));
    assertThat(asCleo.get(path("/messages")).status()).isEqualTo(200);
    // An old snapshot, after newer events: group-service's answer was under way for long.
    GroupMembersChanged back = group.add(ben);
    publish(back);
    untilSettled(4);
    Nodes.FLEET.group(group.id, "old", 2, GroupPolicy.USUAL, false, List.of());
    Nodes.A.get(GroupEventsListener.class).compareLater(new Compare(group.id, true, true));
    group.skipTo(4);
    publish(group.rename("new"));
    untilSettled(5);
    until(() -> asBen.get(path("/messages")).status() == 200);
    assertThat(asAnn.get(path("/messages")).status()).isEqualTo(200);
  }

  @Test
  void groupOfWhichOnlyALateEventComesShouldBeFetched() throws Exception {
    group.create(ben);
    group.add(cleo);
    publish(group.rename("known at last"));
    untilSettled(3);
    for (Http http : List.of(asAnn, asBen, asCleo)) {
      assertThat(http.get(path("/messages")).status()).isEqualTo(200);
    }
    assertThat(
            requireNonNull(memberStore.stored(new ConversationId(group.id)).get(ann))
                .member()
                .role())
        .isEqualTo(GroupRole.OWNER);
  }

  @Test
  void reconciliationShouldFindLostLastEventsAndGroupsThatAreNoMore() throws Exception {
    TestGroup gone = new TestGroup(ann);
    publish(group.create(ben), gone.create(ben));
    untilSettled(1);
    until(() -> asBen.get("/api/v1/conversations/" + gone.id + "/messages").status() == 200);
    group.remove(ben);
    gone.delete();
    try (StompClient benSocket = StompClient.connect(Nodes.B.http(), asBen.token())) {
      Http admin = admin();
      Answer status = reconciled(admin, "");
      assertThat(status.json().get("state").asString()).isEqualTo("done");
      assertThat(status.json().get("behind").asLong()).isPositive();
      assertThat(status.json().get("missing").asLong()).isPositive();
      benSocket.event("LEFT");
      benSocket.event("LEFT");
      untilSettled(2);
      until(() -> asBen.get(path("/messages")).slug().equals("not-a-member"));
      until(
          () ->
              asAnn
                  .get("/api/v1/conversations/" + gone.id + "/messages")
                  .slug()
                  .equals("not-a-member"));
      // It has found all, so there is nothing of these two to be found again.
      assertThat(changes()).containsExactly("CREATED", "REPAIRED");
      reconciled(admin, "?full=true");
      // What it asked for is in the queue before this.
      TestGroup marker = new TestGroup(ann);
      publish(marker.create());
      until(() -> store.stored(new ConversationId(marker.id)) != null);
      publish(group.rename("end"));
      untilSettled(3);
      assertThat(changes()).containsExactly("CREATED", "REPAIRED", "UPDATED");
    }
  }

  @Test
  void deletedGroupShouldLetEverybodyGo() throws Exception {
    publish(group.create(ben));
    untilSettled(1);
    publish(group.delete());
    until(() -> asBen.get(path("/messages")).slug().equals("not-a-member"));
    assertThat(asAnn.get("/api/v1/conversations").json().get("items")).isEmpty();
  }

  @Test
  void reconciliationShouldBeForAdministrators() {
    assertThat(asAnn.post("/api/v1/admin/reconciliation", "").slug())
        .isEqualTo("insufficient-scope");
    assertThat(asAnn.get("/api/v1/admin/reconciliation").status()).isEqualTo(403);
    assertThat(new Http(Nodes.A.http(), "").get("/api/v1/admin/reconciliation").status())
        .isEqualTo(401);
    assertThat(admin().post("/api/v1/admin/reconciliation?full=perhaps", "").status())
        .isEqualTo(400);
  }

  @Test
  void eventsOfAnOlderGroupServiceAndUnreadableOnesShouldNotHoldUpTheRest() throws Exception {
    RabbitTemplate rabbit = Nodes.A.get(RabbitTemplate.class);
    for (String bad :
        List.of(
            "{",
            "null",
            "{}",
            "{\"groupId\":\"" + UUID.randomUUID() + "\",\"changes\":[null]}",
            "[]",
            "{\"groupId\":\"x\"}",
            "{\"groupId\":\"" + UUID.randomUUID() + "\",\"version\":\"one\"}")) {
      rabbit.send(GroupMembersChanged.EXCHANGE, "group.bad", json(bad));
      rabbit.send("", GroupEventsListener.QUEUE, json(bad));
    }
    rabbit.send(
        GroupMembersChanged.EXCHANGE,
        "group." + group.id,
        json(
            "{\"groupId\":\""
                + group.id
                + "\",\"version\":1,\"name\":\"old\",\"kind\":\"CREATED\",\"changes\":[{\"userId\":\""
                + ann
                + "\",\"role\":\"owner\",\"active\":true}],\"actor\":\""
                + ann
                + "\",\"at\":\"2026-01-01T00:00:00Z\"}"));
    untilSettled(1);
    Answer sent = asAnn.post(path("/messages"), Map.of("clientMessageId", "m", "text", "as usual"));
    assertThat(sent.status()).isEqualTo(201);
  }

  private static Message json(String body) {
    MessageProperties properties = new MessageProperties();
    properties.setContentType("application/json");
    return new Message(body.getBytes(StandardCharsets.UTF_8), properties);
  }
}
