package io.parley.message.groups;

import io.parley.message.queue.UntilDone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;

/**
 * Works through changes of groups: those of one group one after the other, in the order they came;
 * those of different groups at once. What waits of a group is worked on together, {@value
 * #TOGETHER} at most; when that fails, the first by itself. A group whose changes can not be
 * applied now holds up itself only, and does not count among those at work while it pauses.
 *
 * <p>So that one group's changes do not take all the room there is for messages under way, a group
 * that has waited for long keeps the next few and its newest one. The ones between are
 * acknowledged: when its turn comes, the newest finds that changes before it are missing, and the
 * group is compared with group-service. As the newest is acknowledged last, a crash changes nothing
 * about that.
 */
final class GroupLanes<T extends GroupLanes.Task> {

  /**
   * @param longTime how long a group has waited that keeps only the next few
   * @param pauses before a group's change is tried again
   */
  record Waits(Duration longTime, UntilDone.Pauses pauses) {
    static final Waits USUAL = new Waits(Duration.ofSeconds(10), UntilDone.Pauses.USUAL);
  }

  /** One message of a queue. */
  interface Task {

    UUID group();

    /** It is done, or not needed any more. */
    void done();

    /** It can not be done. */
    void giveUp();

    /** Whether it is still this process's: else the broker has given it to whoever is next. */
    boolean isOurs();

    /** Whether a later one of the same group finds out what this one would have done. */
    boolean canBeMadeGood();
  }

  /** What is to be done with some tasks of one group. */
  interface Work<T> {

    /** May be called again for the same one, in another work. */
    void apply(T task) throws InterruptedException;

    /** After the last, and before any of them is done. */
    void end();
  }

  private static final Logger log = LoggerFactory.getLogger(GroupLanes.class);

  private static final int TOGETHER = 32;

  /** How many of a group that has waited for long are kept, beside its newest. */
  static final int KEPT = 8;

  private final Map<UUID, List<T>> lanes = new HashMap<>();
  private final int atOnce;
  private final Waits waits;
  private final Function<UUID, Work<T>> works;
  private final Semaphore atWork;
  private boolean stopping;

  /**
   * @param atOnce groups
   */
  GroupLanes(int atOnce, Waits waits, Function<UUID, Work<T>> works) {
    this.atOnce = atOnce;
    this.waits = waits;
    this.works = works;
    this.atWork = new Semaphore(atOnce, true);
  }

  /** Returns at once. */
  synchronized void add(T task) {
    UUID group = task.group();
    List<T> lane = lanes.get(group);
    if (lane != null) {
      lane.add(task);
    } else if (!stopping) {
      List<T> begun = new ArrayList<>(List.of(task));
      lanes.put(group, begun);
      Thread.ofVirtual().name("group-" + group).start(() -> workThrough(group, begun));
    }
  }

  private void workThrough(UUID group, List<T> lane) {
    int ended;
    do {
      ended = 1;
      try {
        ended = work(lane);
      } catch (RuntimeException e) {
        log.error("group {}", group, e);
      }
    } while (goesOnAfter(group, lane, ended));
  }

  /** How many of them have ended. */
  private int work(List<T> lane) {
    T first = first(lane, 1).getFirst();
    if (!goesOn(first)) {
      return 1;
    }
    Tries tries = new Tries(lane);
    try {
      UntilDone.run(
          "group " + first.group(),
          tries,
          tried -> {
            if (tried.compareTo(waits.longTime()) > 0) {
              makeRoom(lane);
            }
            return goesOn(first);
          },
          waits.pauses());
    } catch (AmqpRejectAndDontRequeueException e) {
      first.giveUp();
    }
    return tries.done;
  }

  /** Once with all that waits when its turn has come; if that fails, with the first by itself. */
  private final class Tries implements UntilDone.Work {

    private final List<T> lane;
    private boolean alone;

    /** How many are; or one that never will be. */
    private int done = 1;

    private Tries(List<T> lane) {
      this.lane = lane;
    }

    @Override
    public void run() throws InterruptedException {
      atWork.acquire();
      try {
        List<T> together = first(lane, alone ? 1 : TOGETHER);
        alone = true;
        done = together.size() == 1 || !tried(together) ? workOn(together.subList(0, 1)) : done;
      } finally {
        atWork.release();
      }
    }

    private boolean tried(List<T> together) throws InterruptedException {
      try {
        done = workOn(together);
        return true;
      } catch (RuntimeException e) {
        log.debug("group {}, one by one", together.getFirst().group(), e);
        return false;
      }
    }
  }

  /** How many of them are done: all, unless this process has to leave some. */
  private int workOn(List<T> together) throws InterruptedException {
    Work<T> work = works.apply(together.getFirst().group());
    int applied = 0;
    do {
      work.apply(together.get(applied));
      applied++;
    } while (applied < together.size() && goesOn(together.get(applied)));
    work.end();
    together.subList(0, applied).forEach(Task::done);
    return applied;
  }

  private synchronized boolean goesOn(T task) {
    return !stopping && task.isOurs();
  }

  private synchronized List<T> first(List<T> lane, int most) {
    return List.copyOf(lane.subList(0, Math.min(most, lane.size())));
  }

  private synchronized boolean goesOnAfter(UUID group, List<T> lane, int ended) {
    lane.subList(0, ended).clear();
    if (lane.isEmpty()) {
      lanes.remove(group);
    }
    return !lane.isEmpty();
  }

  private void makeRoom(List<T> lane) {
    List<T> between = new ArrayList<>();
    synchronized (this) {
      if (lane.size() > KEPT + 1) {
        lane.subList(KEPT, lane.size() - 1)
            .removeIf(task -> task.canBeMadeGood() && between.add(task));
      }
    }
    between.forEach(Task::done);
  }

  synchronized boolean isStopping() {
    return stopping;
  }

  /** Begins nothing more, and waits for what is at work. */
  void stop(Duration atMost) throws InterruptedException {
    synchronized (this) {
      stopping = true;
    }
    // They are not given back: nobody is to work any more.
    if (!atWork.tryAcquire(atOnce, atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      log.warn("changes of groups are still being applied after {}", atMost);
    }
  }
}
