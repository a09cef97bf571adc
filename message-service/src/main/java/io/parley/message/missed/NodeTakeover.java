package io.parley.message.missed;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.metrics.MessageMeter;
import io.parley.message.missed.Ledger.Range;
import io.parley.message.missed.OwedMessages.Decided;
import io.parley.message.presence.RedisNodes;
import io.parley.message.presence.RedisNodes.DeadNode;
import io.parley.message.presence.RedisOnlineUsers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Does what a dead node has left undone: one node takes it over. First what it owed is decided anew
 * from the log, then its users are told what they have missed; each note goes when RabbitMQ has
 * what it stood for, and the node's entry last. So whoever dies over it, another goes on.
 */
@Component
class NodeTakeover {

  private static final Logger log = LoggerFactory.getLogger(NodeTakeover.class);
  private static final int USERS_AT_ONCE = 200;
  private static final int CONVERSATIONS_AT_ONCE = 20;

  private final RedisNodes nodes;
  private final RedisOnlineUsers onlineUsers;
  private final RedisOwed owed;
  private final OwedMessages messages;
  private final UnheardMessages unheard;
  private final MissedProperties properties;
  private final Counter done;
  private final Counter waits;
  private final Set<UUID> underWay = ConcurrentHashMap.newKeySet();

  NodeTakeover(
      RedisNodes nodes,
      RedisOnlineUsers onlineUsers,
      RedisOwed owed,
      OwedMessages messages,
      UnheardMessages unheard,
      MissedProperties properties,
      MeterRegistry metrics) {
    this.nodes = nodes;
    this.onlineUsers = onlineUsers;
    this.owed = owed;
    this.messages = messages;
    this.unheard = unheard;
    this.properties = properties;
    this.done = MessageMeter.TAKEOVERS.counter(metrics, "done");
    this.waits = MessageMeter.TAKEOVERS.counter(metrics, "waits");
  }

  @Scheduled(fixedRateString = "${parley.presence.beat:3s}")
  void look() {
    for (DeadNode node : nodes.dead()) {
      if (underWay.add(node.id())) {
        Thread.ofVirtual()
            .name("takeover-" + node.id())
            .start(
                () -> {
                  try {
                    takeOver(node);
                  } finally {
                    underWay.remove(node.id());
                  }
                });
      }
    }
  }

  private void takeOver(DeadNode node) {
    boolean claimed = false;
    try {
      claimed = nodes.claim(node);
      if (!claimed) {
        return;
      }
      log.info("node {} is dead since {}: taking over", node.id(), node.lastBeat());
      boolean owesNothing = decideOwed(node);
      tellUsers(node);
      if (owesNothing) {
        nodes.remove(node);
        done.increment();
        log.info("node {} has left nothing more", node.id());
      } else {
        waits.increment();
      }
    } catch (Exception e) {
      waits.increment();
      log.warn("what node {} has left waits: {}", node.id(), e.toString());
    } finally {
      if (claimed) {
        nodes.endClaim(node);
      }
    }
  }

  private void tellUsers(DeadNode node) throws Exception {
    Instant heard = node.lastBeat().minus(properties.longestSilence());
    Map<UserId, Instant> some = new HashMap<>();
    for (Map.Entry<UserId, Instant> user : onlineUsers.leftBy(node, heard).entrySet()) {
      some.put(user.getKey(), user.getValue());
      if (some.size() == USERS_AT_ONCE) {
        nodes.renewClaim(node);
        unheard.tell(some);
        some.clear();
      }
    }
    unheard.tell(some);
    onlineUsers.forget(node);
  }

  /**
   * @return whether it owes nothing more; else a seq is still being written
   */
  private boolean decideOwed(DeadNode node) throws Exception {
    Map<ConversationId, Range> notes = new HashMap<>(owed.of(node.id()));
    if (!notes.isEmpty()) {
      owed.keep(node.id());
    }
    boolean progress = true;
    while (progress && !notes.isEmpty()) {
      progress = false;
      List<Map.Entry<ConversationId, Range>> all = List.copyOf(notes.entrySet());
      for (int i = 0; i < all.size(); i += CONVERSATIONS_AT_ONCE) {
        nodes.renewClaim(node);
        int end = Math.min(all.size(), i + CONVERSATIONS_AT_ONCE);
        List<Map.Entry<ConversationId, Range>> some = new ArrayList<>(all.subList(i, end));
        Map<ConversationId, Long> decided = new HashMap<>();
        for (Decided each : messages.decide(some)) {
          progress |= settle(notes, each, decided);
        }
        owed.clear(node.id(), decided);
      }
    }
    return notes.isEmpty();
  }

  private static boolean settle(
      Map<ConversationId, Range> notes, Decided decided, Map<ConversationId, Long> cleared) {
    ConversationId conversation = decided.conversation();
    Range note = notes.get(conversation);
    if (note == null) {
      return false;
    }
    // A dead node writes nothing more.
    long through = decided.isEnd() ? note.last() : decided.through();
    if (through < note.first()) {
      return false;
    }
    cleared.put(conversation, through);
    if (through >= note.last()) {
      notes.remove(conversation);
    } else {
      notes.put(conversation, new Range(through + 1, note.last()));
    }
    return true;
  }
}
