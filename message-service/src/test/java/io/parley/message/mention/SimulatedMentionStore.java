package io.parley.message.mention;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.SimulatedCell;
import io.parley.message.log.SimulatedReplicas;
import io.parley.message.log.SimulatedTable;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** As {@link CassandraMentionStore} writes; what is forgotten is so for ever. */
public final class SimulatedMentionStore implements MentionStore {

  private static final long PRESENT_TIME = Long.MAX_VALUE;

  /**
   * @param of the user, or the conversation for what is to all
   */
  private record Key(UUID of, UUID conversation, long seq) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::of).thenComparing(Key::conversation).thenComparing(Key::seq);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * @param author of what is to all; else nobody
   * @param expiresAt the end of time: never
   */
  private record Said(boolean mentioned, UUID author, Instant expiresAt) {
    boolean stands() {
      return mentioned && expiresAt.isAfter(CLOCK.instant());
    }
  }

  private static final Clock CLOCK = Clock.systemUTC();

  private static final UUID NOBODY = new UUID(0, 0);

  private final SimulatedReplicas replicas;
  private final SimulatedTable<Key, SimulatedCell<Said>> byMember;
  private final SimulatedTable<Key, SimulatedCell<Long>> newest;
  private final SimulatedTable<Key, SimulatedCell<Said>> toAll;

  public SimulatedMentionStore(SimulatedReplicas replicas) {
    this.replicas = replicas;
    this.byMember = replicas.table(later(Comparator.comparing(Said::mentioned)));
    this.newest = replicas.table(later(Comparator.<Long>naturalOrder()));
    this.toAll = replicas.table(later(Comparator.comparing(Said::mentioned)));
  }

  private static <V> BinaryOperator<SimulatedCell<V>> later(Comparator<V> greater) {
    return (one, other) -> Objects.requireNonNull(SimulatedReplicas.<V>later(one, other, greater));
  }

  @Override
  public void put(
      Place message,
      UserId author,
      Map<UserId, Boolean> users,
      @Nullable Boolean mentionsAll,
      long version) {
    ConversationId conversation = message.conversation();
    long seq = message.seq();
    Instant expiresAt = message.expiresAt() == null ? Instant.MAX : message.expiresAt();
    List<Runnable> writes = new ArrayList<>();
    users.entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey().value()))
        .forEach(
            entry -> {
              UUID user = entry.getKey().value();
              Said said = new Said(entry.getValue(), NOBODY, expiresAt);
              writes.add(
                  () ->
                      byMember.write(
                          new Key(user, conversation.value(), seq),
                          new SimulatedCell<>(said, version)));
              if (said.mentioned()) {
                writes.add(
                    () ->
                        newest.write(
                            new Key(user, conversation.value(), 0), new SimulatedCell<>(seq, seq)));
              }
            });
    if (mentionsAll != null) {
      Said said = new Said(mentionsAll, author.value(), expiresAt);
      writes.add(
          () ->
              toAll.write(
                  new Key(conversation.value(), conversation.value(), seq),
                  new SimulatedCell<>(said, version)));
    }
    (replicas.inOrder() ? writes : writes.reversed()).forEach(Runnable::run);
  }

  @Override
  public Map<ConversationId, Long> newest(UserId user, Collection<ConversationId> conversations) {
    Map<ConversationId, Long> found = new HashMap<>();
    newest
        .read(key -> key.of().equals(user.value()))
        .forEach(
            (key, seq) -> {
              ConversationId conversation = new ConversationId(key.conversation());
              if (conversations.contains(conversation) && seq.value() > 0) {
                found.put(conversation, seq.value());
              }
            });
    return found;
  }

  @Override
  public Set<Long> naming(
      UserId user, ConversationId conversation, long after, long last, int limit) {
    Set<Long> found = new LinkedHashSet<>();
    of(byMember, user.value(), conversation, after, last).forEach((key, said) -> found.add(key));
    return found.stream()
        .sorted(Comparator.reverseOrder())
        .limit(limit)
        .collect(LinkedHashSet::new, Set::add, Set::addAll);
  }

  @Override
  public List<ToAll> toAll(ConversationId conversation, long after, long last, int limit) {
    return of(toAll, conversation.value(), conversation, after, last).entrySet().stream()
        .map(row -> new ToAll(row.getKey(), new UserId(row.getValue().author())))
        .sorted(Comparator.comparing(ToAll::seq).reversed())
        .limit(limit)
        .toList();
  }

  private static Map<Long, Said> of(
      SimulatedTable<Key, SimulatedCell<Said>> table,
      UUID of,
      ConversationId conversation,
      long after,
      long last) {
    Map<Long, Said> found = new HashMap<>();
    table
        .read(
            key ->
                key.of().equals(of)
                    && key.conversation().equals(conversation.value())
                    && key.seq() > after
                    && key.seq() <= last)
        .forEach(
            (key, said) -> {
              if (said.value().stands()) {
                found.put(key.seq(), said.value());
              }
            });
    return found;
  }

  @Override
  public Set<Long> among(
      UserId user, ConversationId conversation, boolean isGroup, Collection<Long> seqs) {
    Set<Long> found =
        new HashSet<>(of(byMember, user.value(), conversation, 0, Long.MAX_VALUE).keySet());
    if (isGroup) {
      found.addAll(of(toAll, conversation.value(), conversation, 0, Long.MAX_VALUE).keySet());
    }
    found.retainAll(seqs);
    return found;
  }

  @Override
  public void forget(UserId user) {
    for (Key key : byMember.read(key -> key.of().equals(user.value())).keySet()) {
      byMember.write(key, new SimulatedCell<>(new Said(false, NOBODY, Instant.MAX), PRESENT_TIME));
    }
    for (Key key : newest.read(key -> key.of().equals(user.value())).keySet()) {
      newest.write(key, new SimulatedCell<>(0L, PRESENT_TIME));
    }
  }
}
