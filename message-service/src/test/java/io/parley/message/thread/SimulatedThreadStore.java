package io.parley.message.thread;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.SimulatedReplicas;
import io.parley.message.log.SimulatedTable;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** As {@link CassandraThreadStore} writes. */
public final class SimulatedThreadStore implements ThreadStore {

  private record InThread(UUID conversation, long root, long seq) implements Comparable<InThread> {
    private static final Comparator<InThread> ORDER =
        Comparator.comparing(InThread::conversation)
            .thenComparing(InThread::root)
            .thenComparing(InThread::seq);

    @Override
    public int compareTo(InThread other) {
      return ORDER.compare(this, other);
    }
  }

  private record InConversation(UUID conversation, long seq) implements Comparable<InConversation> {
    private static final Comparator<InConversation> ORDER =
        Comparator.comparing(InConversation::conversation).thenComparing(InConversation::seq);

    @Override
    public int compareTo(InConversation other) {
      return ORDER.compare(this, other);
    }
  }

  private final SimulatedReplicas replicas;

  /**
   * @param expiresAt the end of time: never
   */
  private record Stored(long seq, long root, UserId author, Instant expiresAt) {
    Reply reply() {
      return new Reply(seq, root, author, !expiresAt.isAfter(CLOCK.instant()));
    }
  }

  private static final Clock CLOCK = Clock.systemUTC();

  private final SimulatedTable<InThread, Stored> byThread;
  private final SimulatedTable<InConversation, Stored> byConversation;

  public SimulatedThreadStore(SimulatedReplicas replicas) {
    this.replicas = replicas;
    // They are always the same.
    this.byThread = replicas.table((one, other) -> one);
    this.byConversation = replicas.table((one, other) -> one);
  }

  @Override
  public void put(
      ConversationId conversation,
      long root,
      long seq,
      UserId author,
      @Nullable Instant expiresAt) {
    Stored reply = new Stored(seq, root, author, expiresAt == null ? Instant.MAX : expiresAt);
    List<Runnable> writes =
        List.of(
            () -> byThread.write(new InThread(conversation.value(), root, seq), reply),
            () -> byConversation.write(new InConversation(conversation.value(), seq), reply));
    (replicas.inOrder() ? writes : writes.reversed()).forEach(Runnable::run);
  }

  @Override
  public List<Long> oldest(
      ConversationId conversation, long root, long after, long last, int limit) {
    return ofThread(conversation, root, after, last).map(Reply::seq).limit(limit).toList();
  }

  @Override
  public List<Reply> newest(
      ConversationId conversation, long root, long after, long last, int limit) {
    return ofThread(conversation, root, after, last)
        .filter(reply -> !reply.expired())
        .sorted(Comparator.comparing(Reply::seq).reversed())
        .limit(limit)
        .toList();
  }

  private Stream<Reply> ofThread(ConversationId conversation, long root, long after, long last) {
    return byThread
        .read(
            key ->
                key.conversation().equals(conversation.value())
                    && key.root() == root
                    && key.seq() > after
                    && key.seq() <= last)
        .values()
        .stream()
        .map(Stored::reply);
  }

  @Override
  public List<Reply> newestOfAll(ConversationId conversation, long after, long last, int limit) {
    return byConversation
        .read(
            key ->
                key.conversation().equals(conversation.value())
                    && key.seq() > after
                    && key.seq() <= last)
        .values()
        .stream()
        .map(Stored::reply)
        .sorted(Comparator.comparing(Reply::seq).reversed())
        .limit(limit)
        .toList();
  }
}
