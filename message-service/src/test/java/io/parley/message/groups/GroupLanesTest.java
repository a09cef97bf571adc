package io.parley.message.groups;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.queue.UntilDone;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GroupLanesTest {

  private final UUID one = UUID.randomUUID();
  private final UUID two = UUID.randomUUID();
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final List<String> ran = new CopyOnWriteArrayList<>();
  private final List<Integer> together = new CopyOnWriteArrayList<>();
  private final GroupLanes<Task> lanes =
      new GroupLanes<>(
          2,
          new GroupLanes.Waits(
              Duration.ofMillis(500),
              new UntilDone.Pauses(Duration.ofMillis(10), Duration.ofMillis(100))),
          group -> new Work());

  private class Task implements GroupLanes.Task {

    private final UUID group;
    private final String name;
    private final UntilDone.Work work;
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean canBeMadeGood = true;
    private volatile boolean ours = true;

    Task(UUID group, String name, UntilDone.Work work) {
      this.group = group;
      this.name = name;
      this.work = work;
    }

    @Override
    public UUID group() {
      return group;
    }

    void run() throws InterruptedException {
      work.run();
      ran.add(name);
    }

    @Override
    public void done() {
      done.add(name);
      ended.countDown();
    }

    @Override
    public void giveUp() {
      done.add("not " + name);
      ended.countDown();
    }

    @Override
    public boolean isOurs() {
      return ours;
    }

    @Override
    public boolean canBeMadeGood() {
      return canBeMadeGood;
    }

    Task added() {
      lanes.add(this);
      return this;
    }

    void awaitEnd() throws InterruptedException {
      assertThat(ended.await(30, TimeUnit.SECONDS)).as(name).isTrue();
    }
  }

  private class Work implements GroupLanes.Work<Task> {

    private int applied;

    @Override
    public void apply(Task task) throws InterruptedException {
      applied++;
      task.run();
    }

    @Override
    public void end() {
      together.add(applied);
    }
  }

  private static ProblemException away() {
    return new ProblemException(CommonProblem.STORE_UNAVAILABLE);
  }

  @Test
  void groupThatMustWaitShouldHoldUpOnlyItselfAndKeepItsOrder() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    // As many as may be at work wait, and others go on all the same.
    for (UUID stuck : List.of(UUID.randomUUID(), UUID.randomUUID(), one)) {
      new Task(
              stuck,
              stuck + " 0",
              () -> {
                if (away.get()) {
                  throw away();
                }
              })
          .added();
    }
    Task last = null;
    for (int i = 1; i < 20; i++) {
      last = new Task(one, one + " " + i, () -> {}).added();
      new Task(two, two + " " + i, () -> {}).added().awaitEnd();
    }
    assertThat(done).hasSize(19).allMatch(name -> name.startsWith(two.toString()));
    away.set(false);
    requireNonNull(last).awaitEnd();
    assertThat(done.stream().filter(name -> name.startsWith(one.toString())))
        .containsExactlyElementsOf(IntStream.range(0, 20).mapToObj(i -> one + " " + i).toList());
  }

  /** Has the group {@link #one} at work on a task until the latch goes down. */
  private CountDownLatch busy(String name) throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    new Task(
            one,
            name,
            () -> {
              entered.countDown();
              go.await();
            })
        .added();
    entered.await();
    return go;
  }

  @Test
  void whatWaitsShouldBeWorkedOnTogetherInItsOrder() throws Exception {
    CountDownLatch go = busy("0");
    Task last = null;
    for (int i = 1; i <= 40; i++) {
      last = new Task(one, String.valueOf(i), () -> {}).added();
    }
    go.countDown();
    requireNonNull(last).awaitEnd();
    assertThat(together).containsExactly(1, 32, 8);
    assertThat(done)
        .containsExactlyElementsOf(IntStream.rangeClosed(0, 40).mapToObj(String::valueOf).toList());
  }

  @Test
  void whatCanNotBeDoneTogetherShouldBeDoneOneByOneAndNothingBefore() throws Exception {
    CountDownLatch go = busy("0");
    AtomicBoolean away = new AtomicBoolean(true);
    new Task(one, "1", () -> {}).added();
    new Task(
            one,
            "2",
            () -> {
              if (away.getAndSet(false)) {
                assertThat(done).containsExactly("0");
                throw away();
              }
            })
        .added();
    new Task(
            one,
            "bug",
            () -> {
              throw new IllegalArgumentException("a bug");
            })
        .added();
    Task last = new Task(one, "3", () -> {}).added();
    go.countDown();
    last.awaitEnd();
    assertThat(done).containsExactly("0", "1", "2", "not bug", "3");
  }

  @Test
  void groupThatHasWaitedForLongShouldKeepTheNextFewAndTheNewest() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    Task first =
        new Task(
            one,
            "0",
            () -> {
              if (away.get()) {
                throw away();
              }
            });
    first.added();
    Task request = new Task(one, "request", () -> {});
    request.canBeMadeGood = false;
    Task between = null;
    for (int i = 1; i < 30; i++) {
      between = new Task(one, String.valueOf(i), () -> {}).added();
      if (i == 20) {
        request.added();
      }
    }
    Task newest = new Task(one, "newest", () -> {}).added();
    // Not before the group has waited for long.
    requireNonNull(between).awaitEnd();
    assertThat(ran).isEmpty();
    away.set(false);
    newest.awaitEnd();
    assertThat(ran).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "request", "newest");
    assertThat(done).hasSize(32);
  }

  @Test
  void whatBelongsToAnotherConsumerByNowShouldBeLeft() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Task running =
        new Task(
                one,
                "running",
                () -> {
                  entered.countDown();
                  go.await();
                })
            .added();
    Task lost = new Task(one, "lost", () -> {}).added();
    Task again = new Task(one, "again", () -> {}).added();
    entered.await();
    lost.ours = false;
    go.countDown();
    again.awaitEnd();
    running.awaitEnd();
    assertThat(ran).containsExactly("running", "again");
    assertThat(done).containsExactly("running", "again");
  }

  @Test
  void bugShouldBeGivenUpAndNotHoldUpWhatIsBehind() throws Exception {
    new Task(
            one,
            "bug",
            () -> {
              throw new IllegalArgumentException("a bug");
            })
        .added();
    Task next = new Task(one, "next", () -> {}).added();
    next.awaitEnd();
    assertThat(done).containsExactly("not bug", "next");
  }

  @Test
  void stopShouldLetWhatIsAtWorkEndAndBeginNothingMore() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    new Task(
            one,
            "running",
            () -> {
              entered.countDown();
              go.await();
            })
        .added();
    new Task(one, "behind", () -> {}).added();
    entered.await();
    Thread stop =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    lanes.stop(Duration.ofSeconds(30));
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    while (!lanes.isStopping()) {
      Thread.onSpinWait();
    }
    new Task(two, "late", () -> {}).added();
    go.countDown();
    stop.join();
    assertThat(done).containsExactly("running");
    assertThat(ran).containsExactly("running");
  }
}
