package io.parley.message.notification;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.BlockChanged;
import io.parley.common.events.ConversationsRead.Read;
import io.parley.common.events.ConversationsRead.ThreadRead;
import io.parley.common.events.MessagesChanged.Change;
import io.parley.common.events.MessagesChanged.Changed;
import io.parley.common.events.MessagesChanged.Hidden;
import io.parley.common.events.MessagesStored;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.localstack.TcpProxy;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.Nodes.Node;
import io.parley.message.NotificationQueue;
import io.parley.message.TestGroup;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** What notification-service is told. */
class NotificationEventsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final NotificationQueue queue = new NotificationQueue(ann);

  private static String path(Object conversation, String rest) {
    return "/api/v1/conversations/" + conversation + rest;
  }

  private static Answer send(Http http, Object conversation, String id) {
    Answer answer =
        Http.patiently(
            () ->
                http.post(
                    path(conversation, "/messages"),
                    Map.of("clientMessageId", id, "text", "text of " + id)));
    assertThat(answer.status()).as(answer.response().body()).isBetween(200, 201);
    return answer;
  }

  private static String id(Answer answer) {
    return answer.json().get("id").asString();
  }

  private String direct() {
    return asAnn
        .post("/api/v1/conversations/direct", Map.of("userId", ben))
        .json()
        .get("id")
        .asString();
  }

  @Test
  void aRepeatShouldBeToldUnderTheSameId() throws Exception {
    String conversation = direct();
    String id = id(send(asAnn, conversation, "m1"));
    Message first = requireNonNull(queue.next(PATIENCE));
    assertThat(id(send(asAnn, conversation, "m1"))).isEqualTo(id);
    Message again = requireNonNull(queue.next(PATIENCE));
    assertThat(queue.own(again)).isEqualTo(queue.own(first));
    assertThat(queue.own(again))
        .singleElement()
        .extracting(MessagesStored.Stored::conversationKind)
        .isEqualTo("DIRECT");
  }

  @Test
  void aGroupOfTenThousandShouldBeToldInBoundedEvents() throws Exception {
    int others = 9_999;
    UserId[] members = new UserId[others + 1];
    members[0] = ann;
    for (int i = 1; i <= others; i++) {
      members[i] = new UserId(new UUID(0x1000, i));
    }
    UUID group = Nodes.FLEET.quietGroup("big", members);
    String id = id(send(asAnn, group, "m1"));
    Set<UserId> told = new HashSet<>();
    int recipients = 0;
    while (told.size() < others) {
      Message message = requireNonNull(queue.next(PATIENCE));
      MessagesStored event = NotificationQueue.read(message);
      assertThat(event.items().stream().mapToInt(item -> item.recipients().size()).sum())
          .isLessThanOrEqualTo(MessagesStored.MAX_RECIPIENTS);
      for (MessagesStored.Stored item : queue.own(message)) {
        assertThat(item.messageId()).isEqualTo(id);
        told.addAll(item.recipients());
        recipients += item.recipients().size();
      }
    }
    assertThat(recipients).isEqualTo(others);
    assertThat(told).doesNotContain(ann);
  }

  @Test
  void messagesOfAMomentShouldComeTogetherAndInOrder() throws Exception {
    Node slow = Nodes.start("parley.missed.gather=3s");
    try {
      Http onIt = new Http(slow.http(), asAnn.token());
      String conversation = direct();
      UUID group = Nodes.FLEET.quietGroup("g", ann, ben);
      List<Long> seqs = new ArrayList<>();
      int events = 0;
      for (int i = 0; i < 20; i++) {
        send(onIt, conversation, "m" + i);
        send(onIt, group, "g" + i);
      }
      while (seqs.size() < 20) {
        Message message = requireNonNull(queue.next(PATIENCE));
        events++;
        for (MessagesStored.Stored item : queue.own(message)) {
          if (item.conversationId().toString().equals(conversation)) {
            seqs.add(item.seq());
          }
        }
      }
      assertThat(seqs).containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
      // However slow the machine: far from one event a message.
      assertThat(events).isLessThan(20);
    } finally {
      slow.context().close();
    }
  }

  @Test
  void editsAndDeletionsShouldBeTold() throws Exception {
    String conversation = direct();
    ConversationId id = ConversationId.valueOf(conversation);
    send(asAnn, conversation, "m1");
    send(asAnn, conversation, "m2");
    assertThat(asAnn.call("PATCH", path(id, "/messages/1"), Map.of("text", "other")).status())
        .isEqualTo(200);
    until(() -> queue.changes(id).equals(List.of(new Changed(id, List.of(1L), Change.EDITED))));
    assertThat(asAnn.delete(path(id, "/messages/2")).status()).isBetween(200, 204);
    until(() -> queue.changes(id).contains(new Changed(id, List.of(2L), Change.DELETED)));
    // Reactions change nothing, and what one hides for oneself nothing for others.
    assertThat(asBen.put(path(id, "/messages/1/reactions/👍"), "").status()).isBetween(200, 204);
    assertThat(asBen.delete(path(id, "/messages/1?for=me")).status()).isBetween(200, 204);
    until(() -> queue.hidden(id).equals(List.of(new Hidden(id, List.of(ben), 1, 1))));
    assertThat(queue.quietFor(Duration.ofSeconds(1))).hasSize(2);
    assertThat(queue.changes(id)).hasSize(2);
  }

  @Test
  void whatABanDeletesShouldBeToldTogether() throws Exception {
    TestGroup group = new TestGroup(ann);
    ConversationId id = new ConversationId(group.id);
    publish(group.create(ben));
    until(() -> asBen.get(path(id, "/events")).status() == 200);
    List<Long> written = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      written.add(send(asBen, id, "m" + i).json().get("seq").asLong());
    }
    publish(group.ban(ann, ben, (@Nullable Instant) null));
    until(
        () -> {
          Set<Long> deleted = new HashSet<>();
          queue.changes(id).forEach(changed -> deleted.addAll(changed.seqs()));
          return deleted.equals(Set.copyOf(written));
        });
    assertThat(queue.changes(id)).extracting(Changed::change).containsOnly(Change.DELETED);
    assertThat(queue.changes(id)).hasSizeLessThan(12);
  }

  @Test
  void whoIsNoMemberAnyMoreShouldBeToldWithAllThatTheySaw() throws Exception {
    TestGroup group = new TestGroup(ann);
    ConversationId id = new ConversationId(group.id);
    UserId cleo = Nodes.FLEET.user();
    publish(group.create(ben, cleo));
    until(() -> asBen.get(path(id, "/events")).status() == 200);
    send(asAnn, id, "m1");
    publish(group.remove(ben));
    until(() -> queue.hidden(id).equals(List.of(new Hidden(id, List.of(ben), 1, 3))));
    publish(group.delete());
    until(() -> queue.hidden(id).size() == 2);
    Hidden all = queue.hidden(id).getLast();
    assertThat(all.userIds()).containsExactlyInAnyOrder(ann, cleo);
    assertThat(all.from()).isEqualTo(1);
    assertThat(all.through()).isEqualTo(4);
  }

  @Test
  void blocksShouldBeToldAndNotThatTheyEnd() throws Exception {
    direct();
    long version = System.nanoTime();
    block(new BlockChanged(ben, ann, true, version, Instant.now()));
    until(() -> queue.apart(ann).equals(List.of(ben)));
    block(new BlockChanged(ben, ann, false, version + 1, Instant.now()));
    // A repeat of what does not hold any more.
    block(new BlockChanged(ben, ann, true, version, Instant.now()));
    UserId cleo = Nodes.FLEET.user();
    block(new BlockChanged(ann, cleo, true, version, Instant.now()));
    // In order: what they brought would be there before this.
    until(() -> queue.apart(ann).contains(cleo));
    assertThat(queue.apart(ann)).containsExactly(ben, cleo);
  }

  private static void block(BlockChanged change) {
    Nodes.A.get(RabbitTemplate.class)
        .convertAndSend(UserEvents.EXCHANGE, BlockChanged.ROUTING_KEY, change);
  }

  @Test
  void markersThatMoveForwardShouldBeToldAndNoOthers() throws Exception {
    String conversation = direct();
    ConversationId id = ConversationId.valueOf(conversation);
    for (int i = 1; i <= 5; i++) {
      send(asAnn, conversation, "m" + i);
    }
    for (int seq : new int[] {1, 2, 4}) {
      assertThat(asBen.put(path(id, "/read"), Map.of("seq", seq)).status()).isEqualTo(200);
    }
    until(() -> queue.reads(ben).contains(new Read(ben, id, 4)));
    int told = queue.reads(ben).size();
    assertThat(asBen.put(path(id, "/read"), Map.of("seq", 4)).status()).isEqualTo(200);
    assertThat(asBen.put(path(id, "/read"), Map.of("seq", 3)).status()).isEqualTo(200);
    assertThat(asBen.put(path(id, "/unread"), Map.of("seq", 2)).status()).isEqualTo(200);
    // In order: what they brought would be there before this.
    assertThat(asBen.put(path(id, "/read"), Map.of("seq", 5)).status()).isEqualTo(200);
    until(() -> queue.reads(ben).contains(new Read(ben, id, 5)));
    assertThat(queue.reads(ben)).hasSize(told + 1);

    // With a message, too.
    assertThat(
            asBen
                .post(
                    path(id, "/messages"),
                    Map.of("clientMessageId", "b", "text", "b", "markRead", true))
                .status())
        .isEqualTo(201);
    until(() -> queue.reads(ben).contains(new Read(ben, id, 6)));
  }

  @Test
  void repliesAndMarkersOfThreadsShouldBeToldWithTheirThread() throws Exception {
    String conversation = direct();
    ConversationId id = ConversationId.valueOf(conversation);
    send(asAnn, conversation, "root");
    for (String reply : List.of("m2", "m3", "m4")) {
      assertThat(
              asAnn
                  .post(
                      path(id, "/messages"),
                      Map.of("clientMessageId", reply, "text", reply, "replyTo", 1))
                  .status())
          .isEqualTo(201);
    }
    Map<Long, Long> threads = new HashMap<>();
    while (threads.size() < 4) {
      queue
          .own(requireNonNull(queue.next(PATIENCE)))
          .forEach(
              item -> threads.put(item.seq(), item.threadSeq() == null ? 0 : item.threadSeq()));
    }
    assertThat(threads).isEqualTo(Map.of(1L, 0L, 2L, 1L, 3L, 1L, 4L, 1L));

    // Of a thread that is not followed no marker is kept; who follows has read what is there.
    assertThat(asBen.put(path(id, "/messages/3/thread/read"), Map.of("seq", 3)).status())
        .isEqualTo(200);
    assertThat(asBen.put(path(id, "/messages/1/thread/follow"), "").status()).isEqualTo(200);
    until(() -> queue.threadReads(ben).equals(List.of(new ThreadRead(ben, id, 1, 4))));
    assertThat(asBen.put(path(id, "/messages/4/thread/unread"), Map.of("seq", 2)).status())
        .isEqualTo(200);
    assertThat(asBen.put(path(id, "/messages/4/thread/read"), Map.of("seq", 3)).status())
        .isEqualTo(200);
    until(() -> queue.threadReads(ben).contains(new ThreadRead(ben, id, 1, 3)));
    assertThat(queue.threadReads(ben)).hasSize(2);
    assertThat(queue.reads(ben)).isEmpty();
  }

  @Test
  void whileTheBrokerIsFrozenMessagesShouldWaitAndNobodyForThem() throws Exception {
    String url = String.valueOf(Nodes.STORES.environment().get("PARLEY_RABBITMQ_URL"));
    try (TcpProxy rabbit = TcpProxy.to(URI.create(url))) {
      Node node =
          Nodes.start(
              "PARLEY_RABBITMQ_URL="
                  + url.replace(
                      URI.create(url).getHost() + ":" + URI.create(url).getPort(),
                      "127.0.0.1:" + rabbit.port()));
      try {
        Http onIt = new Http(node.http(), asAnn.token());
        UUID group = Nodes.FLEET.quietGroup("frozen", ann, ben);
        String before = id(send(onIt, group, "before"));
        queue.await(PATIENCE, told -> told.containsKey(before));
        Map<String, Set<UserId>> expected = new HashMap<>(Map.of(before, Set.of(ben)));
        try (AutoCloseable frozen = rabbit.silence()) {
          assertThat(frozen).isNotNull();
          for (int i = 0; i < 50; i++) {
            expected.put(id(send(onIt, group, "m" + i)), Set.of(ben));
          }
          assertThat(queue.quietFor(Duration.ofMillis(500))).hasSize(1);
        }
        assertThat(queue.await(PATIENCE, told -> told.size() == expected.size()))
            .isEqualTo(expected);
      } finally {
        node.context().close();
      }
    }
  }
}
