package io.parley.systemtests.load;

import java.time.Instant;
import tools.jackson.databind.JsonNode;

/**
 * A push that a fake FCM took.
 *
 * @param at by the clock of its machine, which is this one
 * @param name that it gave it
 * @param kind {@code RING}, or what changes a notification that is there
 * @param seq of the message that it is about
 */
record TakenPush(
    Instant at, String name, String token, String kind, String conversation, long seq) {

  static TakenPush of(JsonNode item) {
    JsonNode message = item.path("message");
    JsonNode data = message.path("data");
    return new TakenPush(
        Instant.parse(item.path("at").asString()),
        item.path("name").asString(),
        message.path("token").asString(),
        data.path("kind").asString(""),
        data.path("conversationId").asString(""),
        Long.parseLong(data.path("seq").asString("0")));
  }

  boolean rings() {
    return kind.equals("RING");
  }
}
