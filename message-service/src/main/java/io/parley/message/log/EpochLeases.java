package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.message.log.Pace.Moment;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Epochs that this node may rely on without reading them for each event (ADR 0003, "The lease").
 *
 * <p>Whoever opens an epoch, of whatever conversation, leaves a notice, and waits for a lease's
 * time before it reads rows. This node <em>looks</em> at all notices at once. As long as none has
 * changed since it read an epoch, that epoch stands, until {@code parley.log.lease} after the look
 * began. Once one has, all that is known is forgotten: openings are rare.
 *
 * <p>There is no look without an append that needs one: a quiet node pays one for a message, a busy
 * one one for each lease's time.
 */
@Component
class EpochLeases {

  /** How long an epoch is known without being read again: see {@link EpochOpening#SILENCE}. */
  private static final Duration KNOWN_FOR = Duration.ofMinutes(1);

  /** How old an event may be for its epoch to be known. */
  private static final Duration YOUNG = Duration.ofMinutes(1);

  private static final int MAX_KNOWN = 20_000;

  /**
   * @param began before it asked
   * @param generation grows when a look finds other notices than the one before
   */
  private record Look(Moment began, int generation, Map<UUID, Long> notices) {}

  /**
   * An epoch as read.
   *
   * @param generation of the last look that was over before
   * @param read before it was
   */
  private record Known(int epoch, int generation, Moment read) {}

  private final EventStore store;
  private final Pace pace;
  private final Duration lease;
  private final Map<ConversationId, Known> known = new ConcurrentHashMap<>();
  private final SharedCall<Look> looks;
  private volatile @Nullable Look newest;

  EpochLeases(EventStore store, Pace pace, LogProperties properties) {
    this.store = store;
    this.pace = pace;
    this.lease = properties.lease();
    this.looks = new SharedCall<>(pace, this::look);
  }

  /**
   * Whether the event's epoch is still the one that counts. Called after its row was written, never
   * before: the time of the call stands for that of the row. False says only that it is not known.
   */
  boolean cover(LogEvent written) {
    Moment now = pace.now();
    Known epoch = known.get(written.conversation());
    if (epoch == null
        || epoch.epoch() != written.epoch()
        || !epoch.read().isWithin(KNOWN_FOR, now)) {
      return false;
    }
    Look look = newest;
    if (look == null || !look.began().isWithin(lease, now)) {
      look = looks.since(now);
    }
    return epoch.generation() == look.generation();
  }

  /**
   * Reads the epoch; if it is that of the event, whose row is written, it is known from now on. An
   * old event, as a late repeat is, does not begin a lease: an opener may rely on the log's being
   * silent.
   */
  @Nullable LogEpoch read(LogEvent written) {
    Moment now = pace.now();
    Look before = newest;
    if (before == null) {
      before = looks.since(now);
    }
    LogEpoch epoch = store.epoch(written.conversation());
    if (epoch != null
        && epoch.opening() == written.epoch()
        && Duration.between(written.at(), pace.now().wall()).abs().compareTo(YOUNG) <= 0) {
      if (known.size() >= MAX_KNOWN) {
        known.clear();
      }
      known.put(written.conversation(), new Known(epoch.opening(), before.generation(), now));
    }
    return epoch;
  }

  private Look look(Moment began) {
    Map<UUID, Long> notices = store.openings();
    Look before = newest;
    int generation = before == null ? 0 : before.generation();
    if (before != null && !before.notices().equals(notices)) {
      generation++;
      known.clear();
    }
    Look look = new Look(began, generation, notices);
    newest = look;
    return look;
  }
}
