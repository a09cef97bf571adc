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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;

/**
 * Works through changes of groups: those of one group one after the other, in the order they came;
 * those of different groups at once. A group whose changes can not be applied now holds up itself
 * only, and does not count among those at work while it pauses.
 *
 * <p>So that one group's changes do not take all the room there is for messages under way, a group
 * that has waited for long keeps the next few and its newest one. The ones between are
 * acknowledged: when its turn comes, the newest finds that changes before it are missing, and the
 * group is compared with group-service. As the newest is acknowledged last, a crash changes nothing
 * about that.
 */
final class GroupLanes {

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

    /** Applies it; may be called again. */
    void run() throws InterruptedException;

    /** It is done, or not needed any more. */
    void done();

    /** It can not be done. */
    void giveUp();

    /** Whether it is still this process's: else the broker has given it to whoever is next. */
    boolean isOurs();

    /** Whether a later one of the same group finds out what this one would have done. */
    boolean canBeMadeGood();
  }

  private static final Logger log = LoggerFactory.getLogger(GroupLanes.class);

  /** How many of a group that has waited for long are kept, beside its newest. */
  static final int KEPT = 8;

  private final Map<UUID, List<Task>> lanes = new HashMap<>();
  private final int atOnce;
  private final Waits waits;
  private final Semaphore atWork;
  private boolean stopping;

  /**
   * @param atOnce groups
   */
  GroupLanes(int atOnce, Waits waits) {
    this.atOnce = atOnce;
    this.waits = waits;
    this.atWork = new Semaphore(atOnce, true);
  }

  /** Returns at once. */
  synchronized void add(Task task) {
    List<Task> lane = lanes.get(task.group());
    if (lane != null) {
      lane.add(task);
    } else if (!stopping) {
      List<Task> begun = new ArrayList<>(List.of(task));
      lanes.put(task.group(), begun);
      Thread.ofVirtual().name("group-" + task.group()).start(() -> workThrough(begun));
    }
  }

  private void workThrough(List<Task> lane) {
    @Nullable Task task = first(lane);
    while (task != null) {
      try {
        work(lane, task);
      } catch (RuntimeException e) {
        log.error("group {}", task.group(), e);
      }
      task = next(lane, task);
    }
  }

  private void work(List<Task> lane, Task task) {
    if (!goesOn(task)) {
      return;
    }
    try {
      UntilDone.run(
          "group " + task.group(),
          () -> {
            atWork.acquire();
            try {
              task.run();
              task.done();
            } finally {
              atWork.release();
            }
          },
          tried -> {
            if (tried.compareTo(waits.longTime()) > 0) {
              makeRoom(lane);
            }
            return goesOn(task);
          },
          waits.pauses());
    } catch (AmqpRejectAndDontRequeueException e) {
      task.giveUp();
    }
  }

  private synchronized boolean goesOn(Task task) {
    return !stopping && task.isOurs();
  }

  private synchronized Task first(List<Task> lane) {
    return lane.getFirst();
  }

  private synchronized @Nullable Task next(List<Task> lane, Task done) {
    lane.removeFirst();
    if (!lane.isEmpty()) {
      return lane.getFirst();
    }
    lanes.remove(done.group());
    return null;
  }

  private void makeRoom(List<Task> lane) {
    List<Task> between = new ArrayList<>();
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
