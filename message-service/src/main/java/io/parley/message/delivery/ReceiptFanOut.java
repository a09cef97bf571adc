package io.parley.message.delivery;

import io.parley.common.ids.UserId;
import io.parley.message.bus.BusEvent;
import io.parley.message.receipts.ReceiptSwitches;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Passes on that a member has received or read something: from those who let it be seen, to those
 * who do. Whoever sent it has looked as well, a moment ago; here is the last look, at both. What is
 * not known is found out first, and never on the worker. Everything is called on the feed's worker.
 */
@Component
class ReceiptFanOut {

  private final ReceiptSwitches switches;
  private final Workers workers;

  ReceiptFanOut(ReceiptSwitches switches, Workers workers) {
    this.switches = switches;
    this.workers = workers;
  }

  void deliver(ConversationFeed feed, BusEvent event, Workers.Turn turn) {
    deliver(feed, event, turn, true);
  }

  /**
   * @param mayAsk whether those who are not known may be asked for, once; else they hear nothing
   */
  private void deliver(ConversationFeed feed, BusEvent event, Workers.Turn turn, boolean mayAsk) {
    UserId teller = event.user();
    if (teller == null) {
      return;
    }
    Set<UserId> unknown = new HashSet<>();
    List<LocalConnection> hearers = new ArrayList<>();
    for (LocalConnection connection : feed.connections()) {
      // One's own devices are told more, as a user's.
      if (!connection.user().equals(teller) && isOn(connection.user(), unknown)) {
        hearers.add(connection);
      }
    }
    if (hearers.isEmpty() && unknown.isEmpty()) {
      return;
    }
    boolean tells = isOn(teller, unknown);
    if (!unknown.isEmpty() && mayAsk) {
      switches.findOut(
          unknown, () -> workers.offer(feed.id(), later -> deliver(feed, event, later, false)));
    } else if (tells && !hearers.isEmpty()) {
      Outgoing outgoing = Outgoing.passing(event);
      hearers.forEach(connection -> turn.send(connection, outgoing));
    }
  }

  private boolean isOn(UserId user, Set<UserId> unknown) {
    Boolean known = switches.known(user);
    if (known == null) {
      unknown.add(user);
    }
    return Boolean.TRUE.equals(known);
  }
}
