package io.parley.message.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * A keyspace from a backup: epochs first, rows last, so there are rows of epochs that were opened
 * between the two. What {@code scripts/restore.sh} writes must keep them apart from what comes.
 */
class RestoredLogTest {

  private static final int USED = 1_000_000;

  private final Simulation simulation = new Simulation(1, 1_000_000);
  private final SimulatedNetwork network =
      new SimulatedNetwork(simulation, Duration.ofMillis(1), 0, 0);
  private final SimulatedCassandra cassandra =
      new SimulatedCassandra(simulation, network, SimulatedNode.BUCKET_EVENTS);
  private final SimulatedRedis redis = new SimulatedRedis(simulation, SimulatedNode.REMEMBERED, 0);
  private final ConversationId conversation = new ConversationId(new UUID(1, 2));
  private final UserId author = new UserId(new UUID(3, 4));

  private SimulatedNode node() {
    return new SimulatedNode(
        simulation,
        SimulatedNode.Variant.SOUND,
        cassandra,
        new SimulatedRedis.Connection(network, redis),
        Duration.ofMillis(250));
  }

  private LogEvent append(SimulatedNode node, String key) {
    return node.log
        .append(new EventLog.Draft(conversation, author, key, LogEvent.Kind.MESSAGE, "{}"))
        .event();
  }

  private void leftOver(long seq, int epoch) {
    cassandra.insert(
        new LogEvent(
            conversation,
            seq,
            EventId.of(conversation, author, "left over " + seq),
            epoch,
            LogEvent.Kind.MESSAGE,
            author,
            Instant.EPOCH,
            seq,
            "{}"));
  }

  private void restored() {
    cassandra.createEpoch(EpochOpening.RESTORED, USED);
    redis.flush();
  }

  @Test
  void rowsOfAnEpochThatTheBackupDoesNotKnowShouldNotCount() {
    simulation.run(
        () -> {
          SimulatedNode before = node();
          LogEvent kept = append(before, "m1");
          leftOver(2, 2);
          leftOver(3, 2);
          restored();
          SimulatedNode after = node();
          assertThat(after.reader.read(conversation, 1, 10)).containsExactly(kept);
          LogEvent second = append(after, "m2");
          assertThat(second.seq()).isEqualTo(2);
          assertThat(second.epoch()).isEqualTo(USED + 1);
          LogEvent third = append(after, "m3");
          // What is opened later decides by the highest epoch at a seq.
          redis.flush();
          LogEvent fourth = append(after, "m4");
          assertThat(fourth.epoch()).isEqualTo(USED + 2);
          assertThat(node().reader.read(conversation, 1, 10))
              .containsExactly(kept, second, third, fourth);
        });
  }

  @Test
  void rowsWithoutAnyEpochShouldNotCount() {
    simulation.run(
        () -> {
          leftOver(1, 1);
          restored();
          SimulatedNode after = node();
          assertThat(after.reader.read(conversation, 1, 10)).isEmpty();
          LogEvent first = append(after, "m1");
          assertThat(first.seq()).isEqualTo(1);
          assertThat(first.epoch()).isEqualTo(USED + 1);
          assertThat(after.reader.read(conversation, 1, 10)).containsExactly(first);
        });
  }
}
