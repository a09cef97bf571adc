package io.parley.message.change;

import io.parley.message.bus.Announcements;
import io.parley.message.chat.SimulatedSending;
import io.parley.message.deletion.SimulatedDeletionStore;
import io.parley.message.deletion.SimulatedDeletions;
import io.parley.message.edit.SimulatedEdits;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.log.SimulatedNode;
import io.parley.message.log.SimulatedReplicas;
import io.parley.message.mention.SimulatedMentionStore;
import io.parley.message.mention.SimulatedMentions;
import io.parley.message.owed.SimulatedNotes;
import io.parley.message.pin.SimulatedPinStore;
import io.parley.message.pin.SimulatedPins;
import io.parley.message.reaction.SimulatedReactionStore;
import io.parley.message.reaction.SimulatedReactions;
import io.parley.message.thread.SimulatedThreadStore;
import io.parley.message.thread.SimulatedThreads;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;

/** One life of a node with all that changes messages. */
final class SimulatedFeatures {

  /** The features as they are, and as they must not be. */
  enum Variant {
    SOUND,
    NOTHING_IS_APPLIED_FOR_THE_DEAD,
    LAST_WRITE_STAYS
  }

  /** The tables that all nodes have. */
  record Stores(
      SimulatedReactionStore reactions,
      SimulatedPinStore pins,
      SimulatedThreadStore threads,
      SimulatedMentionStore mentions,
      SimulatedDeletionStore deletions) {

    static Stores on(SimulatedReplicas replicas, Variant variant) {
      return new Stores(
          new SimulatedReactionStore(replicas),
          new SimulatedPinStore(replicas, variant == Variant.LAST_WRITE_STAYS),
          new SimulatedThreadStore(replicas),
          new SimulatedMentionStore(replicas),
          new SimulatedDeletionStore(replicas));
    }
  }

  final SimulatedNode node;
  final SimulatedMentions mentions;
  final SimulatedThreads threads;
  final SimulatedEdits edits;
  final SimulatedReactions reactions;
  final SimulatedPins pins;
  final SimulatedDeletions deletions;
  final SimulatedNotes notes;
  final SimulatedSending sending;
  final Changes changes;

  /** When it last said that it lives, in simulated time. */
  long beat;

  /** Whether another has done what it owed. */
  boolean takenOver;

  /**
   * @param announced is told what this node announces
   */
  SimulatedFeatures(
      Variant variant,
      SimulatedNode node,
      Stores stores,
      BiConsumer<SimulatedFeatures, LogEvent> announced) {
    this.node = node;
    this.mentions = new SimulatedMentions(stores.mentions());
    this.threads = new SimulatedThreads(stores.threads());
    this.edits = new SimulatedEdits(node, mentions.rows);
    this.reactions = new SimulatedReactions(stores.reactions(), node);
    this.pins = new SimulatedPins(stores.pins(), node.reader);
    List<LogProjection> projections =
        List.of(
            edits.projection(),
            mentions.rows,
            pins.projection(),
            reactions.projection(),
            threads.projection());
    this.notes =
        new SimulatedNotes(
            node, variant == Variant.NOTHING_IS_APPLIED_FOR_THE_DEAD ? List.of() : projections);
    Announcements bus = event -> announced.accept(this, event);
    this.changes = new Changes(node.log, bus, notes, node.pace);
    this.sending = new SimulatedSending(node, projections, bus, notes);
    this.deletions = new SimulatedDeletions(stores.deletions(), node, bus, notes);
  }

  UUID id() {
    return node.redis.node().value();
  }
}
