package io.parley.systemtests;

import io.parley.localstack.fleet.Fleet;
import io.parley.message.Http;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What the fake FCM of a fleet has taken for a device. */
record Pushes(Fleet fleet, String device) {

  /** The ids of messages, as often as they were pushed. */
  List<String> messageIds() {
    Http fcm = new Http(fleet.node("fake-fcm").url(), "");
    List<String> ids = new ArrayList<>();
    for (JsonNode push : fcm.get("/pushes?token=" + device).json().get("items")) {
      ids.add(push.at("/message/data/messageId").asString());
    }
    return ids;
  }

  /** All of them, newest first. */
  List<JsonNode> messages() {
    Http fcm = new Http(fleet.node("fake-fcm").url(), "");
    return fcm.get("/pushes?token=" + device)
        .json()
        .get("items")
        .valueStream()
        .map(push -> push.get("message"))
        .toList();
  }

  /** The ids again, when nothing more has come for that time. */
  List<String> quietFor(Duration time) throws InterruptedException {
    List<String> pushed = messageIds();
    long since = System.nanoTime();
    while (System.nanoTime() - since < time.toNanos()) {
      Thread.sleep(100);
      List<String> now = messageIds();
      if (now.size() != pushed.size()) {
        pushed = now;
        since = System.nanoTime();
      }
    }
    return pushed;
  }
}
