package io.parley.message.receipts;

import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.BusCache;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.conversation.FleetClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Who has read receipts on: others see how far they have received and read, and they how far others
 * have. The setting is user-service's, which is asked; what it says is remembered until it tells of
 * a change. Of whom it is not known nobody is told anything.
 */
@Component
public class ReceiptSwitches {

  /** A change is told again until it was told: its event stays in the queue till then. */
  private static final Duration KEEP = Duration.ofDays(1);

  private static final Logger log = LoggerFactory.getLogger(ReceiptSwitches.class);
  private static final int MAX_WAITING = 10_000;
  private static final int TOGETHER = 500;

  /** How long user-service is not asked by {@link #isOn} once it has not answered. */
  private static final long PAUSE_NANOS = 5_000_000_000L;

  private static final long NEVER = 0;

  /** Somebody who goes on once it is known of these users. */
  private record Question(Set<UserId> users, Runnable then) {}

  private final FleetClient fleet;
  private final BusCache<UserId, Boolean> switches;
  private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>(MAX_WAITING);
  private final AtomicBoolean asking = new AtomicBoolean();
  private final AtomicLong failedNanos = new AtomicLong(NEVER);

  ReceiptSwitches(FleetClient fleet, RedisBus bus) {
    this.fleet = fleet;
    this.switches =
        new BusCache<>(
            bus,
            Topic.RECEIPTS,
            KEEP,
            UserId::valueOf,
            user -> ask(Set.of(user)).getOrDefault(user, false));
  }

  private Map<UserId, Boolean> ask(Set<UserId> users) {
    Set<UserId> on = fleet.withReadReceipts(users);
    Map<UserId, Boolean> answers = HashMap.newHashMap(users.size());
    users.forEach(user -> answers.put(user, on.contains(user)));
    return answers;
  }

  /**
   * Whether the user lets it be seen. No, while user-service has to be asked and is away: a
   * client's frames wait for it once in a while, and not one after the other.
   */
  public boolean isOn(UserId user) {
    Boolean known = switches.known(user);
    if (known != null) {
      return known;
    }
    long failed = failedNanos.get();
    if (failed != NEVER && System.nanoTime() - failed < PAUSE_NANOS) {
      return false;
    }
    try {
      return switches.get(user);
    } catch (ProblemException e) {
      failedNanos.set(System.nanoTime() | 1);
      log.debug("nobody is told what {} has read: {}", user, e.toString());
      return false;
    }
  }

  /**
   * Those of the users who have them on.
   *
   * @throws ProblemException 503
   */
  public Set<UserId> on(Set<UserId> users) {
    Set<UserId> on = new HashSet<>(users);
    Map<UserId, Boolean> answers = switches.getAll(users, this::ask);
    on.removeIf(user -> !answers.getOrDefault(user, false));
    return on;
  }

  /** Whether the user has them on; null when somebody has to be asked. Never blocks. */
  public @Nullable Boolean known(UserId user) {
    return switches.known(user);
  }

  /**
   * Finds it out of these users, soon, with others who wait for it. Never blocks.
   *
   * @param then not called when user-service does not answer, or too many wait
   */
  public void findOut(Set<UserId> users, Runnable then) {
    if (questions.offer(new Question(users, then)) && asking.compareAndSet(false, true)) {
      Thread.ofVirtual().name("receipt-switches").start(this::askForAll);
    }
  }

  private void askForAll() {
    do {
      List<Question> some = new ArrayList<>();
      while (questions.drainTo(some, TOGETHER) > 0) {
        answer(some);
        some.clear();
      }
      asking.set(false);
    } while (!questions.isEmpty() && asking.compareAndSet(false, true));
  }

  private void answer(List<Question> some) {
    Set<UserId> users = new HashSet<>();
    some.forEach(question -> users.addAll(question.users()));
    try {
      on(users);
      some.forEach(question -> question.then().run());
    } catch (RuntimeException e) {
      log.debug("{} receipts are not passed on: {}", some.size(), e.toString());
    }
  }

  /**
   * The user has switched them. Returns when the nodes have been told.
   *
   * @throws ProblemException 503: call again
   */
  void changed(UserId user) {
    switches.changed(user);
  }
}
