package io.parley.message.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What leases save and cost, in simulated time. */
class EpochLeasesTest {

  private static final Duration LEASE = Duration.ofMillis(250);

  private final Simulation simulation = new Simulation(1, 1_000_000);
  private final SimulatedNetwork network =
      new SimulatedNetwork(simulation, Duration.ofMillis(1), 0, 0);
  private final CountingCassandra cassandra = new CountingCassandra(simulation, network);
  private final SimulatedRedis redis = new SimulatedRedis(simulation, 100, 0);
  private final SimulatedNode a = node();
  private final SimulatedNode b = node();
  private final ConversationId conversation = new ConversationId(new UUID(1, 2));
  private final UserId author = new UserId(new UUID(3, 4));

  private static final class CountingCassandra extends SimulatedCassandra {
    private int epochReads;
    private int looks;

    CountingCassandra(Simulation simulation, SimulatedNetwork network) {
      super(simulation, network, SimulatedNode.BUCKET_EVENTS);
    }

    @Override
    public @Nullable LogEpoch epoch(ConversationId conversation) {
      epochReads++;
      return super.epoch(conversation);
    }

    @Override
    public Map<UUID, Long> openings() {
      looks++;
      return super.openings();
    }
  }

  private SimulatedNode node() {
    return new SimulatedNode(
        simulation,
        SimulatedNode.Variant.SOUND,
        cassandra,
        new SimulatedRedis.Connection(network, redis),
        LEASE);
  }

  private LogEvent append(SimulatedNode node, String key) {
    return node.log
        .append(new EventLog.Draft(conversation, author, key, LogEvent.Kind.MESSAGE, "{}"))
        .event();
  }

  /** How long it takes, in simulated time. */
  private Duration timed(Runnable work) {
    long began = simulation.nanos();
    work.run();
    return Duration.ofNanos(simulation.nanos() - began);
  }

  @Test
  void busyNodeShouldLookOnceInALeaseAndNotReadTheEpochForEachEvent() {
    simulation.run(
        () -> {
          append(a, "first");
          cassandra.epochReads = 0;
          cassandra.looks = 0;
          long end = simulation.nanos() + Duration.ofSeconds(10).toNanos();
          int appended = 0;
          while (simulation.nanos() < end) {
            append(a, "m" + appended++);
          }
          assertThat(appended).isGreaterThan(150);
          // Ten seconds are forty leases; the node freezes now and then, and has fewer.
          assertThat(cassandra.looks).isBetween(1, 42);
          // Whoever finds the head now and then reads it for each page.
          assertThat(cassandra.epochReads).isLessThan(appended / 4);
        });
  }

  @Test
  void epochShouldBeReadAnewOnceAnotherNodeHasOpenedOne() {
    simulation.run(
        () -> {
          append(a, "m1");
          append(a, "m2");
          b.opening.closeHoles(conversation);
          LogEvent next = append(a, "m3");
          assertThat(next.seq()).isEqualTo(3);
          assertThat(next.epoch()).isEqualTo(2);
          assertThat(append(a, "m1").seq()).isEqualTo(1);
        });
  }

  @Test
  void openerShouldWaitForLeasesUnlessTheLogIsSilent() {
    simulation.run(
        () -> {
          append(a, "m1");
          redis.flush();
          assertThat(timed(() -> append(b, "m2"))).isGreaterThan(LEASE);
          simulation.sleep(Duration.ofMinutes(11).toNanos());
          redis.flush();
          assertThat(timed(() -> append(b, "m3"))).isLessThan(LEASE);
          assertThat(append(a, "m4").seq()).isEqualTo(4);
        });
  }
}
