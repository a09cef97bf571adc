package io.parley.message.owed;

import io.parley.common.ids.ConversationId;
import io.parley.message.owed.Ledger.Range;
import io.parley.message.owed.OwedEvents.Decided;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Decides from the log what a dead node owed; each note goes when that is done. */
@Component
class LeftNotes {

  /** Says that this node is still at it. */
  interface Claim {
    void renew() throws Exception;
  }

  private static final int CONVERSATIONS_AT_ONCE = 20;

  private final Owed owed;
  private final OwedEvents events;

  LeftNotes(Owed owed, OwedEvents events) {
    this.owed = owed;
    this.events = events;
  }

  /**
   * @return whether it owes nothing more; else a seq is still being written
   * @throws Exception when a store does not answer: what is not decided is still noted
   */
  boolean decide(UUID node, Claim claim) throws Exception {
    Map<ConversationId, Range> notes = new HashMap<>(owed.of(node));
    if (!notes.isEmpty()) {
      owed.keep(node);
    }
    boolean progress = true;
    while (progress && !notes.isEmpty()) {
      progress = false;
      List<Map.Entry<ConversationId, Range>> all = List.copyOf(notes.entrySet());
      for (int i = 0; i < all.size(); i += CONVERSATIONS_AT_ONCE) {
        claim.renew();
        int end = Math.min(all.size(), i + CONVERSATIONS_AT_ONCE);
        List<Map.Entry<ConversationId, Range>> some = new ArrayList<>(all.subList(i, end));
        Map<ConversationId, Long> decided = new HashMap<>();
        for (Decided each : events.decide(some)) {
          progress |= settle(notes, each, decided);
        }
        owed.clear(node, decided);
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
