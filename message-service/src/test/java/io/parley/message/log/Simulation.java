package io.parley.message.log;

import io.parley.common.problems.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A world in which one thing happens at a time, in an order that follows from the seed alone.
 *
 * <p>Actors are threads of which only the one that holds the baton runs. It hands it on when it
 * waits for time to pass; the next thing in simulated time is then done: an effect, or another
 * actor's going on. So code between two waits is one step, and takes no time.
 */
public final class Simulation {

  /** Ends a thread whose process died, or whose world has ended; nobody may catch it. */
  private static final class Ended extends Error {
    private static final long serialVersionUID = 1L;

    Ended() {
      super(null, null, false, false);
    }
  }

  /** A process: it can stand still, and die. */
  public static class Process {
    private long frozenUntil;
    private boolean dead;

    public boolean isDead() {
      return dead;
    }

    /** Until then it stands still, in simulated time. */
    public long frozenUntil() {
      return frozenUntil;
    }
  }

  private final class Actor {
    private final Process process;
    private final Thread thread;
    private volatile boolean hasBaton;

    Actor(String name, Process process, Runnable work) {
      this.process = process;
      this.thread =
          Thread.ofVirtual()
              .name(name)
              .unstarted(
                  () -> {
                    try {
                      awaitBaton();
                      work.run();
                      handOn();
                    } catch (Ended e) {
                      // it held no baton any more
                    } catch (RuntimeException | Error e) {
                      fail(e);
                    }
                  });
    }

    private void awaitBaton() {
      while (!hasBaton) {
        LockSupport.park();
      }
      hasBaton = false;
      if (over) {
        throw new Ended();
      }
    }

    private void giveBaton() {
      hasBaton = true;
      LockSupport.unpark(thread);
    }
  }

  /** Something to come: an effect, or an actor's going on. */
  private record Event(long at, long number, @Nullable Actor actor, Runnable effect)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private static final Runnable NOTHING = () -> {};

  public final Random random;
  private final boolean told;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<Actor> actors = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final long maxSteps;
  private long nanos;
  private long numbers;
  private long steps;
  private @Nullable Actor current;
  private volatile boolean over;
  private @Nullable Throwable failure;

  public Simulation(long seed, long maxSteps) {
    this(seed, maxSteps, false);
  }

  /**
   * @param told whether {@link #tell} prints
   */
  public Simulation(long seed, long maxSteps, boolean told) {
    this.random = new Random(seed);
    this.maxSteps = maxSteps;
    this.told = told;
  }

  /** Runs until {@code director} is done, and throws what went wrong. */
  public void run(Runnable director) {
    start(
        "director",
        new Process(),
        () -> {
          director.run();
          end();
          throw new Ended();
        });
    handOn();
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    for (Actor actor : actors) {
      actor.giveBaton();
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  public long nanos() {
    return nanos;
  }

  public long steps() {
    return steps;
  }

  public void tell(Supplier<String> what) {
    if (told) {
      System.out.println(nanos / 1_000_000 + " ms: " + what.get());
    }
  }

  public void start(String name, Process process, Runnable work) {
    if (over) {
      return;
    }
    Actor actor = new Actor(name, process, work);
    actors.add(actor);
    actor.thread.start();
    events.add(new Event(nanos, numbers++, actor, NOTHING));
  }

  /** Has something happen later, whoever may have died by then. */
  public void after(long delay, Runnable effect) {
    events.add(new Event(nanos + delay, numbers++, null, effect));
  }

  /** Returns by how much longer the process stands still than it would have. */
  public long freeze(Process process, long span) {
    long before = Math.max(process.frozenUntil, nanos);
    process.frozenUntil = Math.max(before, nanos + span);
    return process.frozenUntil - before;
  }

  /** The actor waits until the process goes on. */
  public void sleepUntilThawed(Process process) {
    sleep(Math.max(0, process.frozenUntil - nanos));
  }

  public void kill(Process process) {
    process.dead = true;
  }

  /** The process whose thread this is. */
  public Process process() {
    return actor().process;
  }

  /** The process that calls this dies here; does not return. */
  public void crash() {
    kill(process());
    sleep(0);
  }

  /** The actor waits, the world goes on. */
  public void sleep(long span) {
    Actor me = actor();
    events.add(new Event(nanos + span, numbers++, me, NOTHING));
    if (handOn() != me) {
      me.awaitBaton();
    }
  }

  /**
   * The actor waits until it is woken.
   *
   * @param waiting is given what wakes it
   */
  public void sleepUntilWoken(Consumer<Runnable> waiting) {
    Actor me = actor();
    waiting.accept(
        () -> {
          if (!over) {
            events.add(new Event(nanos, numbers++, me, NOTHING));
          }
        });
    if (handOn() != me) {
      me.awaitBaton();
    }
  }

  /** Done by a thread of the process; a dead one never answers. */
  public <T> CompletableFuture<T> call(Process process, Supplier<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    start(
        "call",
        process,
        () -> {
          try {
            answer.complete(work.get());
          } catch (ProblemException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /** The answer; null when there is none in time, or a refusal. */
  public <T> @Nullable T await(CompletableFuture<T> answer, long timeout) {
    if (!answer.isDone()) {
      sleepUntilWoken(
          wake -> {
            AtomicBoolean woken = new AtomicBoolean();
            Runnable once =
                () -> {
                  if (woken.compareAndSet(false, true)) {
                    wake.run();
                  }
                };
            answer.whenComplete((done, failure) -> once.run());
            after(timeout, once);
          });
    }
    return answer.isDone() && !answer.isCompletedExceptionally() ? answer.join() : null;
  }

  private Actor actor() {
    if (over || current == null) {
      throw new Ended();
    }
    return current;
  }

  /** Does what comes next; returns the actor that goes on, which may be the one that called. */
  private @Nullable Actor handOn() {
    Actor me = current;
    while (true) {
      Event event = events.poll();
      if (event == null) {
        fail(new IllegalStateException("everybody waits for somebody"));
        throw new Ended();
      }
      Actor actor = event.actor();
      if (actor != null) {
        if (actor.process.dead) {
          continue;
        }
        if (actor.process.frozenUntil > event.at()) {
          events.add(new Event(actor.process.frozenUntil, numbers++, actor, NOTHING));
          continue;
        }
      }
      nanos = Math.max(nanos, event.at());
      if (++steps > maxSteps) {
        fail(new IllegalStateException("no end after " + maxSteps + " steps"));
        throw new Ended();
      }
      if (actor == null) {
        event.effect().run();
        continue;
      }
      current = actor;
      if (actor != me) {
        actor.giveBaton();
      }
      return actor;
    }
  }

  private void fail(Throwable e) {
    if (!over) {
      failure = e;
      end();
    }
  }

  private void end() {
    over = true;
    ended.countDown();
  }
}
