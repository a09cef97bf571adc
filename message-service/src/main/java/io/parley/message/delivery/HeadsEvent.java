package io.parley.message.delivery;

import io.parley.common.ids.ConversationId;
import io.parley.message.bus.BusEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code {"type":"HEADS","heads":{"<conversation id>":<seq>}}}: everything up to these seqs is in
 * the log; a client that does not have it fetches it.
 */
final class HeadsEvent {

  private static final int MAX_HEADS = 500;

  private HeadsEvent() {}

  static Outgoing of(ConversationFeed feed) {
    return of(Map.of(feed.id(), feed.head())).get(0);
  }

  /** As few as frames of a decent length allow. */
  static List<Outgoing> of(Map<ConversationId, Long> heads) {
    List<Outgoing> events = new ArrayList<>();
    StringBuilder json = new StringBuilder();
    int left = heads.size();
    int inFrame = 0;
    for (Map.Entry<ConversationId, Long> head : heads.entrySet()) {
      json.append(inFrame++ == 0 ? "{\"type\":\"HEADS\",\"heads\":{\"" : ",\"");
      json.append(head.getKey()).append("\":").append(head.getValue());
      if (--left == 0 || inFrame == MAX_HEADS) {
        events.add(Outgoing.passing(BusEvent.passing(json.append("}}").toString())));
        json.setLength(0);
        inFrame = 0;
      }
    }
    return events;
  }
}
