package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What {@link RedisSequencer}'s scripts do, on a Redis that can forget, and of which there can be
 * several: a former primary that still answers somebody, and one that came back with old data.
 */
public final class SimulatedRedis {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  /** Of each author, beyond the newest events of all. */
  static final int REMEMBERED_BY_AUTHOR = 20;

  /**
   * @param author of a message
   */
  private record Remembered(Sequencer.Proposal proposal, @Nullable UserId author) {
    static Remembered of(Sequencer.Proposal proposal, LogEvent.Kind kind, @Nullable UserId author) {
      return new Remembered(proposal, kind == LogEvent.Kind.MESSAGE ? author : null);
    }
  }

  /** From the lowest to the highest seq of what a node owes in a conversation. */
  public record Note(long first, long last) {
    private Note and(Note other) {
      return new Note(Math.min(first, other.first), Math.max(last, other.last));
    }
  }

  private static final class Counter {
    final long history;
    final int epoch;
    long seq;
    long count;
    final LinkedHashMap<UUID, Remembered> remembered = new LinkedHashMap<>();
    final Map<UserId, LinkedHashMap<UUID, Remembered>> byAuthor = new HashMap<>();

    Counter(long history, int epoch, long seq, long count) {
      this.history = history;
      this.epoch = epoch;
      this.seq = seq;
      this.count = count;
    }

    Counter copy() {
      Counter copy = new Counter(history, epoch, seq, count);
      copy.remembered.putAll(remembered);
      byAuthor.forEach((author, own) -> copy.byAuthor.put(author, new LinkedHashMap<>(own)));
      return copy;
    }

    Sequencer.@Nullable Proposal known(EventId id) {
      Remembered known = remembered.get(id.value());
      if (known == null) {
        known =
            byAuthor.values().stream()
                .map(own -> own.get(id.value()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
      }
      return known == null ? null : known.proposal();
    }
  }

  private final Simulation simulation;
  private final int rememberedSends;
  private final long wallOffset;
  private final Map<ConversationId, Counter> counters = new HashMap<>();
  private final Map<UUID, Map<ConversationId, Note>> owed = new HashMap<>();
  private long history;

  public SimulatedRedis(Simulation simulation, int rememberedSends, long wallOffset) {
    this.simulation = simulation;
    this.rememberedSends = rememberedSends;
    this.wallOffset = wallOffset;
    this.history = simulation.random.nextLong();
  }

  public void flush() {
    counters.clear();
    owed.clear();
  }

  /** Another process with the data of this one, as of now. */
  public SimulatedRedis copy() {
    SimulatedRedis copy = new SimulatedRedis(simulation, rememberedSends, wallOffset);
    counters.forEach((conversation, counter) -> copy.counters.put(conversation, counter.copy()));
    owed.forEach((node, notes) -> copy.owed.put(node, new HashMap<>(notes)));
    return copy;
  }

  /** As {@link #copy}, but it takes the counters for its own. */
  SimulatedRedis copyThatCanNotTell() {
    SimulatedRedis copy = copy();
    copy.history = history;
    return copy;
  }

  private Instant now() {
    return SimulatedPace.BEGINNING
        .plusNanos(simulation.nanos() + wallOffset)
        .truncatedTo(ChronoUnit.MILLIS);
  }

  private @Nullable Counter good(ConversationId conversation) {
    Counter counter = counters.get(conversation);
    return counter == null || counter.history != history ? null : counter;
  }

  /** What a node owes in each conversation. */
  public Map<ConversationId, Note> owed(UUID node) {
    return Map.copyOf(owed.getOrDefault(node, Map.of()));
  }

  private boolean owe(UUID node, ConversationId conversation, Note note) {
    owed.computeIfAbsent(node, id -> new HashMap<>()).merge(conversation, note, Note::and);
    return true;
  }

  private boolean clear(UUID node, ConversationId conversation, long through) {
    owed.getOrDefault(node, new HashMap<>())
        .computeIfPresent(
            conversation,
            (id, note) ->
                note.last() <= through
                    ? null
                    : new Note(Math.max(note.first(), through + 1), note.last()));
    return true;
  }

  private Sequencer.Answer propose(
      UUID node, EventLog.Draft draft, EventId id, String fingerprint) {
    Sequencer.Answer answer = propose(draft, id, fingerprint);
    if (answer instanceof Sequencer.Proposal proposal && draft.kind().isOwed()) {
      owe(node, draft.conversation(), new Note(proposal.seq(), proposal.seq()));
    }
    return answer;
  }

  private Sequencer.Answer propose(UUID node, List<Sequencer.Named> drafts) {
    List<Sequencer.Proposal> each = new ArrayList<>();
    for (Sequencer.Named named : drafts) {
      Sequencer.Answer answer = propose(node, named.draft(), named.id(), named.fingerprint());
      if (!(answer instanceof Sequencer.Proposal proposal)) {
        return answer;
      }
      each.add(proposal);
    }
    return new Sequencer.Proposals(each);
  }

  private Sequencer.Answer propose(EventLog.Draft draft, EventId id, String fingerprint) {
    Counter counter = good(draft.conversation());
    if (counter == null) {
      return new Sequencer.Stale();
    }
    Sequencer.Proposal known = counter.known(id);
    if (known != null) {
      return repeated(known);
    }
    AppendWindow window = draft.window();
    if (window != null && (counter.epoch != window.epoch() || counter.seq >= window.last())) {
      return new Sequencer.Passed();
    }
    counter.seq++;
    counter.count += draft.kind() == LogEvent.Kind.MESSAGE ? 1 : 0;
    Sequencer.Proposal proposal =
        new Sequencer.Proposal(
            false, counter.epoch, counter.seq, counter.count, now(), fingerprint);
    counter.remembered.put(id.value(), Remembered.of(proposal, draft.kind(), draft.author()));
    forgetOldest(counter);
    return proposal;
  }

  private void forgetOldest(Counter counter) {
    if (counter.remembered.size() > rememberedSends) {
      Map.Entry<UUID, Remembered> oldest = counter.remembered.pollFirstEntry();
      UserId author = oldest.getValue().author();
      if (author != null) {
        LinkedHashMap<UUID, Remembered> own =
            counter.byAuthor.computeIfAbsent(author, key -> new LinkedHashMap<>());
        own.put(oldest.getKey(), oldest.getValue());
        if (own.size() > REMEMBERED_BY_AUTHOR) {
          own.pollFirstEntry();
        }
      }
    }
  }

  private static Sequencer.Proposal repeated(Sequencer.Proposal known) {
    return new Sequencer.Proposal(
        true, known.epoch(), known.seq(), known.messageCount(), known.at(), known.fingerprint());
  }

  private Sequencer.Answer find(ConversationId conversation, EventId id) {
    Counter counter = good(conversation);
    if (counter == null) {
      return new Sequencer.Stale();
    }
    Sequencer.Proposal known = counter.known(id);
    return known == null ? new Sequencer.Unknown() : repeated(known);
  }

  private boolean seed(
      ConversationId conversation, int epoch, long seq, long count, List<LogEvent> events) {
    Counter before = good(conversation);
    if (before != null && before.epoch >= epoch) {
      return false;
    }
    Counter counter = new Counter(history, epoch, seq, count);
    for (LogEvent event : events) {
      counter.remembered.put(
          event.id().value(),
          Remembered.of(
              new Sequencer.Proposal(
                  true, event.epoch(), event.seq(), event.messageCount(), event.at(), ""),
              event.kind(),
              event.author()));
    }
    counters.put(conversation, counter);
    return true;
  }

  /** A node's way to the Redis that answers it. */
  public static final class Connection implements Sequencer {

    private final SimulatedNetwork network;
    private final NodeId node = new NodeId();
    private SimulatedRedis redis;

    public Connection(SimulatedNetwork network, SimulatedRedis redis) {
      this.network = network;
      this.redis = redis;
    }

    public NodeId node() {
      return node;
    }

    public void connect(SimulatedRedis other) {
      redis = other;
    }

    @Override
    public Answer propose(EventLog.Draft draft, EventId id, String fingerprint) {
      SimulatedRedis asked = redis;
      return network.change(TIMEOUT, () -> asked.propose(node.value(), draft, id, fingerprint));
    }

    @Override
    public Answer propose(List<Named> drafts) {
      SimulatedRedis asked = redis;
      return network.change(TIMEOUT, () -> asked.propose(node.value(), drafts));
    }

    @Override
    public Answer find(ConversationId conversation, EventId id) {
      SimulatedRedis asked = redis;
      return network.request(TIMEOUT, () -> asked.find(conversation, id));
    }

    @Override
    public void seed(
        ConversationId conversation, int epoch, long seq, long count, List<LogEvent> events) {
      SimulatedRedis asked = redis;
      network.change(TIMEOUT, () -> asked.seed(conversation, epoch, seq, count, events));
    }

    /** What a node owes in each conversation. */
    public Map<ConversationId, Note> owed(UUID of) {
      SimulatedRedis asked = redis;
      return network.request(TIMEOUT, () -> asked.owed(of));
    }

    public void owe(UUID by, ConversationId conversation, long first, long last) {
      SimulatedRedis asked = redis;
      network.change(TIMEOUT, () -> asked.owe(by, conversation, new Note(first, last)));
    }

    public void clear(UUID of, ConversationId conversation, long through) {
      SimulatedRedis asked = redis;
      network.change(TIMEOUT, () -> asked.clear(of, conversation, through));
    }

    @Override
    public int epoch(ConversationId conversation) {
      SimulatedRedis asked = redis;
      return network.request(
          TIMEOUT,
          () -> {
            Counter counter = asked.counters.get(conversation);
            return counter == null ? 0 : counter.epoch;
          });
    }

    @Override
    public EventLog.ProposedSeqs proposedSeqs(Collection<ConversationId> conversations) {
      throw new UnsupportedOperationException();
    }
  }
}
