package io.parley.message.log;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.Nodes;
import io.parley.message.log.EventLog.Appended;
import io.parley.message.log.EventLog.Draft;
import io.parley.message.log.EventLog.ProposedSeqs;
import io.parley.message.log.Sequencer.Proposal;
import io.parley.message.store.NodeId;
import io.parley.message.store.RedisConnections;
import io.parley.message.store.RedisShard;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Promises 1 and 2 at the log: two nodes, and a Redis that forgets, lies or dies. */
class EventLogIT {

  private final EventLog a = Nodes.A.get(EventLog.class);
  private final EventLog b = Nodes.B.get(EventLog.class);
  private final LogReader aReads = Nodes.A.get(LogReader.class);
  private final LogReader bReads = Nodes.B.get(LogReader.class);
  private final Sequencer sequencer = Nodes.A.get(Sequencer.class);
  private final EventStore store = Nodes.A.get(EventStore.class);
  private final ConversationId conversation = new ConversationId(UUID.randomUUID());
  private final UserId author = new UserId(UUID.randomUUID());

  private Draft draft(String key) {
    return draft(key, key);
  }

  private Draft draft(String key, String text) {
    return new Draft(
        conversation, author, key, LogEvent.Kind.MESSAGE, "{\"text\":\"" + text + "\"}");
  }

  private void forget() throws Exception {
    Nodes.A.get(RedisConnections.class).commands().flushdb().get();
  }

  private static void assertDense(List<LogEvent> events) {
    assertThat(events)
        .extracting(LogEvent::seq)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, events.size()).boxed().toList());
  }

  @Test
  void appendShouldCountFromOneWithoutGaps() {
    for (int i = 1; i <= 5; i++) {
      LogEvent event = (i % 2 == 0 ? a : b).append(draft("m" + i)).event();
      assertThat(event.seq()).isEqualTo(i);
      assertThat(event.messageCount()).isEqualTo(i);
    }
    List<LogEvent> events = aReads.read(conversation, 1, 100);
    assertDense(events);
    assertThat(events).extracting(LogEvent::payload).contains("{\"text\":\"m3\"}");
  }

  @Test
  void repeatShouldGetTheOriginalResultOnAnyNode() {
    LogEvent first = a.append(draft("same")).event();
    Appended again = b.append(draft("same"));
    assertThat(again.repeat()).isTrue();
    assertThat(again.event().seq()).isEqualTo(first.seq());
    assertThat(again.event().at()).isEqualTo(first.at());
    assertThat(aReads.read(conversation, 1, 10)).hasSize(1);
  }

  @Test
  void repeatWithAnotherBodyShouldBeRefused() throws Exception {
    a.append(draft("same", "one"));
    assertThatThrownBy(() -> b.append(draft("same", "two")))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.type()).isEqualTo(LogProblem.CLIENT_MESSAGE_ID_REUSED));
    forget();
    assertThatThrownBy(() -> b.append(draft("same", "two")))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.type()).isEqualTo(LogProblem.CLIENT_MESSAGE_ID_REUSED));
  }

  /** Such as whom it mentions: a repeat after a renaming finds others. */
  @Test
  void repeatMayFindOutSomethingElse() throws Exception {
    LogEvent first = a.append(found("same", "one", "this")).event();
    for (String found : List.of("that", "", "this")) {
      Appended again = b.append(found("same", "one", found));
      assertThat(again.repeat()).isTrue();
      assertThat(again.event()).isEqualTo(first);
      assertThat(b.original(found("same", "one", found))).isEqualTo(first);
      assertThatThrownBy(() -> b.append(found("same", "two", found)))
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> assertThat(e.type()).isEqualTo(LogProblem.CLIENT_MESSAGE_ID_REUSED));
      // From now on it is compared with the row.
      forget();
    }
    assertThat(aReads.read(conversation, 1, 10)).containsExactly(first);
  }

  private Draft found(String key, String text, String found) {
    String said = "{\"text\":\"" + text + "\"";
    String payload = said + (found.isEmpty() ? "}" : ",\"found\":\"" + found + "\"}");
    return new Draft(
        conversation,
        author,
        key,
        LogEvent.Kind.MESSAGE,
        payload,
        all -> all.replaceFirst(",\"found.*", "}"));
  }

  @Test
  void redisFlushedBetweenSendsShouldNeitherLoseNorDoubleNorReorder() throws Exception {
    for (int i = 1; i <= 6; i++) {
      assertThat((i % 2 == 0 ? a : b).append(draft("m" + i)).event().seq()).isEqualTo(i);
      forget();
      Appended again = (i % 2 == 0 ? b : a).append(draft("m" + i));
      assertThat(again.event().seq()).isEqualTo(i);
      assertThat(again.repeat()).isTrue();
    }
    List<LogEvent> events = aReads.read(conversation, 1, 100);
    assertThat(events).hasSize(6);
    assertDense(events);
  }

  @Test
  void sameSendsAtTwoNodesAtOnceWhileRedisForgetsShouldBeStoredOnceEach() throws Exception {
    int sends = 200;
    Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    AtomicBoolean running = new AtomicBoolean(true);
    Thread forgetting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (running.get()) {
                      Thread.sleep(150);
                      forget();
                    }
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
    try (ExecutorService senders = Executors.newFixedThreadPool(16)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < sends; i++) {
        String key = "k" + i;
        for (EventLog node : List.of(a, b)) {
          all.add(
              senders.submit(
                  () -> {
                    long seq = retried(() -> node.append(draft(key)).event().seq());
                    Long other = acknowledged.putIfAbsent(key, seq);
                    assertThat(other == null || other == seq).as(key).isTrue();
                    return seq;
                  }));
        }
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      running.set(false);
      forgetting.join();
    }
    List<LogEvent> events = readAll(sends);
    assertDense(events);
    List<LogEvent> messages =
        events.stream().filter(e -> e.kind() == LogEvent.Kind.MESSAGE).toList();
    assertThat(messages).hasSize(sends);
    Set<Long> seqs = new HashSet<>(acknowledged.values());
    assertThat(messages).extracting(LogEvent::seq).containsExactlyInAnyOrderElementsOf(seqs);
    assertThat(messages.get(sends - 1).messageCount()).isGreaterThanOrEqualTo(sends);
  }

  private static long retried(Callable<Long> send) throws Exception {
    for (int i = 0; ; i++) {
      try {
        return send.call();
      } catch (ProblemException e) {
        if (i == 20) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  private List<LogEvent> readAll(int messages) throws InterruptedException {
    for (int i = 0; ; i++) {
      List<LogEvent> events = aReads.read(conversation, 1, 10_000);
      long found = events.stream().filter(e -> e.kind() == LogEvent.Kind.MESSAGE).count();
      if (found >= messages || i > 100) {
        return events;
      }
      Thread.sleep(100);
    }
  }

  @Test
  void counterFromAnEarlierLifeOfRedisShouldNotBeUsed() throws Exception {
    a.append(draft("m1"));
    var redis = Nodes.A.get(RedisConnections.class).commands();
    byte[] key = RedisShard.of(conversation).key("log", conversation);
    Map<byte[], byte[]> old = redis.hgetall(key).get();
    a.append(draft("m2"));
    a.append(draft("m3"));
    // What a failover to a replica that lags, or a restart from an old file, brings back.
    old.forEach(
        (field, value) -> {
          if (new String(field, StandardCharsets.US_ASCII).equals("history")) {
            Arrays.fill(value, (byte) '0');
          }
        });
    redis.del(key).get();
    redis.hset(key, old).get();
    assertThat(b.proposedSeqs(List.of(conversation)))
        .isEqualTo(new ProposedSeqs(Map.of(), Set.of(), Set.of(conversation)));

    assertThat(b.append(draft("m4")).event().seq()).isEqualTo(4);
    assertThat(a.append(draft("m2")).event().seq()).isEqualTo(2);
    assertDense(aReads.read(conversation, 1, 10));
  }

  /** Nothing comes behind it that would be read over the hole. */
  @Test
  void nameOfADeadWriterShouldBeFreeAgainForAnybody() throws Exception {
    a.append(draft("m1"));
    Draft dead = reaction(author, "{\"target\":1,\"by\":\"dead\"}");
    Draft other = reaction(new UserId(UUID.randomUUID()), "{\"target\":1,\"by\":\"other\"}");
    assertThat(other.id()).isEqualTo(dead.id());
    assertThat(b.named(other)).isNull();
    Proposal lost = (Proposal) sequencer.propose(dead, dead.id(), "0000000000000000");

    LogEvent appended = null;
    for (int i = 0; i < 300 && appended == null; i++) {
      try {
        appended = b.append(other).event();
      } catch (ProblemException e) {
        assertThat(e.type()).isEqualTo(LogProblem.CLIENT_MESSAGE_ID_REUSED);
        assertThat(b.named(other)).isNull();
        Thread.sleep(100);
      }
    }
    assertThat(a.named(dead)).isEqualTo(requireNonNull(appended));
    assertThat(appended.author()).isEqualTo(other.author());
    // The writer was only slow: its row arrives now.
    store.insert(
        new LogEvent(
            conversation,
            lost.seq(),
            dead.id(),
            lost.epoch(),
            LogEvent.Kind.REACTED,
            author,
            lost.at(),
            lost.messageCount(),
            dead.payload()));
    assertThat(aReads.read(conversation, 1, 10))
        .extracting(LogEvent::payload)
        .doesNotContain(dead.payload())
        .contains(other.payload());
  }

  private Draft reaction(UserId by, String payload) {
    return new Draft(conversation, by, "react 1 0", LogEvent.Kind.REACTED, payload);
  }

  @Test
  void seqOfADeadWriterShouldBecomeVoidAndItsLateRowShouldNotCount() throws Exception {
    a.append(draft("m1"));
    EventId dead = EventId.of(conversation, author, "dead");
    Proposal lost = propose("dead");
    assertThat(lost.seq()).isEqualTo(2);
    assertThat(b.append(draft("m3")).event().seq()).isEqualTo(3);
    assertThat(aReads.read(conversation, 1, 10)).hasSize(1);

    List<LogEvent> events = List.of();
    for (int i = 0; i < 100 && events.size() < 3; i++) {
      Thread.sleep(100);
      events = aReads.read(conversation, 1, 10);
    }
    assertThat(events)
        .extracting(LogEvent::kind)
        .containsExactly(LogEvent.Kind.MESSAGE, LogEvent.Kind.VOID, LogEvent.Kind.MESSAGE);

    // The writer was only slow: its row arrives now.
    store.insert(
        new LogEvent(
            conversation,
            lost.seq(),
            dead,
            lost.epoch(),
            LogEvent.Kind.MESSAGE,
            author,
            lost.at(),
            lost.messageCount(),
            "{\"text\":\"late\"}"));
    assertThat(aReads.read(conversation, 1, 10)).isEqualTo(events);
    // Sent again, it gets a place of its own; the void seq keeps its count, so none is skipped.
    LogEvent again =
        b.append(
                new Draft(
                    conversation, author, "dead", LogEvent.Kind.MESSAGE, "{\"text\":\"late\"}"))
            .event();
    assertThat(again.seq()).isEqualTo(4);
    assertThat(again.messageCount()).isEqualTo(4);
  }

  @Test
  void rowWrittenBehindAReopenedLogShouldNotBeShown() {
    a.append(draft("m1"));
    LogEvent orphan =
        new LogEvent(
            conversation,
            2,
            EventId.of(conversation, author, "orphan"),
            1,
            LogEvent.Kind.MESSAGE,
            author,
            Instant.now(),
            2,
            "{}");
    assertThat(store.openEpoch(conversation, 2, 1)).isTrue();
    assertThat(store.settleEpoch(conversation, new LogEpoch(2, 2, Set.of(), 2, 0), 1)).isTrue();
    store.insert(orphan);
    assertThat(aReads.read(conversation, 1, 10)).extracting(LogEvent::seq).containsExactly(1L);
    assertThat(requireNonNull(aReads.head(conversation)).seq()).isEqualTo(1);
    // The counter still says epoch 1; what it gives out must not be acknowledged.
    LogEvent event = b.append(draft("m2")).event();
    assertThat(event.epoch()).isGreaterThan(1);
    assertThat(aReads.read(conversation, 1, 10))
        .extracting(LogEvent::payload)
        .containsExactly("{\"text\":\"m1\"}", "{\"text\":\"m2\"}");
  }

  @Test
  void nothingShouldBeShownBehindASeqThatIsStillBeingWritten() {
    a.append(draft("m1"));
    // The writer of m2 stands still between its proposal and its row.
    Proposal frozen = propose("m2");
    assertThat(b.append(draft("m3")).event().seq()).isEqualTo(frozen.seq() + 1);
    assertThat(requireNonNull(aReads.head(conversation)).seq()).isEqualTo(1);
    assertThat(requireNonNull(bReads.head(conversation)).seq()).isEqualTo(1);
    assertDense(aReads.readBefore(conversation, Long.MAX_VALUE, 10).reversed());
    assertDense(aReads.readBefore(conversation, 4, 10).reversed());
    assertDense(bReads.read(conversation, 1, 10));
    // Whether it goes on in time or its seq has become void: it is there once, and all is shown.
    LogEvent late = a.append(draft("m2")).event();
    long head = Math.max(late.seq(), frozen.seq() + 1);
    assertThat(requireNonNull(bReads.head(conversation)).seq()).isEqualTo(head);
    List<LogEvent> events = aReads.read(conversation, 1, 10);
    assertDense(events);
    assertThat(events).hasSize((int) head).contains(late);
    assertThat(bReads.readBefore(conversation, Long.MAX_VALUE, 10).reversed()).isEqualTo(events);
  }

  @Test
  void readingFromBeyondTheEndShouldGiveNothing() {
    a.append(draft("m1"));
    assertThat(aReads.read(conversation, 2, 10)).isEmpty();
    assertThat(aReads.read(conversation, Long.MAX_VALUE, 10)).isEmpty();
    assertThat(aReads.read(conversation, Long.MIN_VALUE, 10)).hasSize(1);
  }

  @Test
  void openerThatDiedHalfWayShouldBeTakenOver() throws Exception {
    a.append(draft("m1"));
    assertThat(store.openEpoch(conversation, 2, 1)).isTrue();
    LogEvent event = b.append(draft("m2")).event();
    assertThat(event.seq()).isEqualTo(2);
    assertDense(aReads.read(conversation, 1, 10));
  }

  @Test
  void concurrentSendersOnTwoNodesShouldMakeOneOrder() throws Exception {
    int senders = 8;
    int each = 40;
    List<CompletableFuture<Void>> all = new ArrayList<>();
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int s = 0; s < senders; s++) {
        String name = "s" + s;
        EventLog node = s % 2 == 0 ? a : b;
        all.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < each; i++) {
                    node.append(draft(name + "-" + i));
                  }
                },
                pool));
      }
      all.forEach(CompletableFuture::join);
    }
    List<LogEvent> events = bReads.read(conversation, 1, 1000);
    assertThat(events).hasSize(senders * each);
    assertDense(events);
    assertThat(aReads.read(conversation, 1, 1000)).isEqualTo(events);
    assertThat(events).extracting(LogEvent::at).isSorted();
  }

  @Test
  void pagesShouldRunAcrossBuckets() {
    // parley.log.bucket-events is 20 in these tests.
    for (int i = 1; i <= 65; i++) {
      a.append(draft("m" + i));
    }
    assertDense(aReads.read(conversation, 1, 1000));
    assertThat(aReads.read(conversation, 18, 5))
        .extracting(LogEvent::seq)
        .containsExactly(18L, 19L, 20L, 21L, 22L);
    assertThat(aReads.readBefore(conversation, 42, 4))
        .extracting(LogEvent::seq)
        .containsExactly(41L, 40L, 39L, 38L);
    assertThat(aReads.readBefore(conversation, Long.MAX_VALUE, 100)).hasSize(65);
    assertThat(requireNonNull(aReads.head(conversation)).seq()).isEqualTo(65);
    assertThat(aReads.read(conversation, 66, 10)).isEmpty();
    assertThat(aReads.readBefore(conversation, 1, 10)).isEmpty();
  }

  @Test
  void bodyShouldNotBeReadableInTheStoreNorInAnotherRow() {
    EventId id = a.append(draft("secret-key", "a very secret text")).event().id();
    CqlSession session = Nodes.A.get(CqlSession.class);
    ByteBuffer body =
        requireNonNull(
            requireNonNull(
                    session
                        .execute(
                            "SELECT body FROM events_by_conversation"
                                + " WHERE conversation_id = ? AND bucket = 0 AND seq = 1",
                            conversation.value())
                        .one())
                .getByteBuffer("body"));
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("secret");
    BodyCipher cipher = Nodes.B.get(BodyCipher.class);
    assertThat(cipher.decrypt(id, bytes)).contains("a very secret text");
    EventId other = EventId.of(conversation, author, "other");
    assertThatThrownBy(() -> cipher.decrypt(other, bytes))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void lateRepeatShouldNotBringBackWhatWasOverwritten() throws Exception {
    LogEvent event = a.append(draft("m1", "secret")).event();
    b.overwrite(event, "{\"deleted\":true}", LogEvent.BEING_DELETED);
    b.overwrite(event, "{\"deleted\":true}", 7);
    // The first sender's other node was slow: it had looked, seen no row, and writes it now.
    store.insert(event);
    LogEvent now = requireNonNull(aReads.at(conversation, 1));
    assertThat(now.payload()).isEqualTo("{\"deleted\":true}");
    assertThat(now.deletedSeq()).isEqualTo(7);
    // Sent again it is still that message, also when only the log remembers it.
    assertThat(a.append(draft("m1", "secret")).event()).isEqualTo(now);
    forget();
    assertThat(b.append(draft("m1", "secret")).event()).isEqualTo(now);
    assertThat(requireNonNull(b.original(draft("m1", "secret"))).seq()).isEqualTo(1);
    assertThat(b.original(draft("never sent"))).isNull();
    assertDense(aReads.read(conversation, 1, 10));
  }

  @Test
  void sameEventWrittenInTwoEpochsShouldCountInTheNewer() throws Exception {
    EventId id = EventId.of(conversation, author, "m1");
    assertThat(store.createEpoch(conversation, 1)).isTrue();
    sequencer.seed(conversation, 1, 0, 0, List.of());
    Proposal first = propose("m1");
    forget();
    // Another node repeats the send under the next epoch, and is acknowledged.
    LogEvent acknowledged = b.append(draft("m1")).event();
    assertThat(acknowledged.epoch()).isGreaterThan(first.epoch());
    // The first node, long stalled, writes what it was about to write.
    store.insert(
        new LogEvent(
            conversation,
            first.seq(),
            id,
            first.epoch(),
            LogEvent.Kind.MESSAGE,
            author,
            first.at(),
            first.messageCount(),
            "{\"text\":\"m1\"}"));
    assertThat(aReads.read(conversation, 1, 10)).containsExactly(acknowledged);
  }

  private Proposal propose(String key) {
    Draft draft = draft(key);
    String fingerprint = Nodes.A.get(BodyCipher.class).fingerprint(draft.payload());
    return (Proposal) sequencer.propose(draft, draft.id(), fingerprint);
  }

  @Test
  void counterShouldTellWhatItKnowsAndWhatItDoesNot() throws Exception {
    UserId other = new UserId(UUID.randomUUID());
    ConversationId silent = new ConversationId(UUID.randomUUID());
    List<ConversationId> both = List.of(conversation, silent);
    a.append(draft("m1"));
    b.append(draft("m2"));
    b.append(new Draft(conversation, author, "left", LogEvent.Kind.MEMBERS, "{}"));
    assertThat(a.proposedSeqs(both))
        .isEqualTo(
            new ProposedSeqs(Map.of(conversation, 3L), Set.of(conversation), Set.of(silent)));

    forget();
    assertThat(a.proposedSeqs(both))
        .isEqualTo(new ProposedSeqs(Map.of(), Set.of(), Set.copyOf(both)));
    // Seeded anew, it has from the log what it had forgotten.
    a.append(new Draft(conversation, other, "m4", LogEvent.Kind.MESSAGE, "{}"));
  }

  @Test
  void proposalShouldNoteWhatItsNodeOwes() throws Exception {
    a.append(draft("m1"));
    b.append(draft("m2"));
    a.append(draft("m3"));
    a.append(new Draft(conversation, author, "left", LogEvent.Kind.MEMBERS, "{}"));
    assertThat(owedBy(Nodes.A)).isEqualTo("1 3");
    assertThat(owedBy(Nodes.B)).isEqualTo("2 2");
    b.append(draft("m1"));
    assertThat(owedBy(Nodes.B)).as("a repeat is owed by whoever answers it").isEqualTo("1 2");
  }

  private @Nullable String owedBy(Nodes.Node node) throws Exception {
    byte[] field =
        ByteBuffer.allocate(16)
            .putLong(conversation.value().getMostSignificantBits())
            .putLong(conversation.value().getLeastSignificantBits())
            .array();
    byte[] noted =
        node.get(RedisConnections.class)
            .commands()
            .hget(RedisShard.of(conversation).key("owed", node.get(NodeId.class)), field)
            .get();
    return noted == null ? null : new String(noted, StandardCharsets.US_ASCII);
  }
}
