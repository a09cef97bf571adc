package io.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.systemtests.RunningFleet.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/**
 * A conversation's log, as a member reads it from its first event on.
 *
 * @param events in the order in which they were answered
 */
record StoredLog(List<JsonNode> events) {

  static StoredLog read(User member, String conversation) {
    List<JsonNode> events = new ArrayList<>();
    boolean more = true;
    while (more) {
      long after = events.isEmpty() ? 0 : events.getLast().get("seq").asLong();
      JsonNode page =
          member
              .http()
              .get(
                  "/api/v1/conversations/"
                      + conversation
                      + "/events?reset=false&limit=500&after="
                      + after)
              .json();
      page.get("items").forEach(events::add);
      more = page.get("more").asBoolean();
    }
    return new StoredLog(events);
  }

  /**
   * Promises 1 to 3, once all clients have ended: no gap, nothing twice, each client's messages in
   * the order in which it sent them, everything acknowledged at its place, and every client has
   * applied this log.
   */
  void check(List<ChattingClient> clients) {
    Map<String, Long> messages = messages();
    for (ChattingClient client : clients) {
      String author = client.user().id();
      client
          .acknowledged()
          .forEach((id, seq) -> assertThat(messages).containsEntry(author + id, seq));
      List<JsonNode> applied = client.applied();
      assertThat(applied).isEqualTo(events.subList(0, applied.size()));
      // The others' last ones may have come after its end.
      assertThat(applied.size()).isGreaterThanOrEqualTo(events.size() - 2 * clients.size());
      assertThat(sentBy(author))
          .as("order of " + author)
          .containsExactlyElementsOf(
              LongStream.range(0, client.acknowledged().size()).boxed().toList());
    }
  }

  /** Author and clientMessageId → seq. The log has no gap and no message twice. */
  Map<String, Long> messages() {
    assertThat(events)
        .extracting(event -> event.get("seq").asLong())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, events.size()).boxed().toList());
    Map<String, Long> messages = new HashMap<>();
    for (JsonNode event : events) {
      if (event.get("type").asString().equals("MESSAGE")) {
        String key = event.get("authorId").asString() + event.get("clientMessageId").asString();
        assertThat(messages.put(key, event.get("seq").asLong())).as("doubled " + key).isNull();
      }
    }
    return messages;
  }

  /** The numbers of the messages that a {@link ChattingClient} sent. */
  private List<Long> sentBy(String author) {
    List<Long> numbers = new ArrayList<>();
    for (JsonNode event : events) {
      if (event.get("type").asString().equals("MESSAGE")
          && event.get("authorId").asString().equals(author)
          && event.get("clientMessageId").asString().matches("m\\d+")) {
        numbers.add(Long.parseLong(event.get("clientMessageId").asString().substring(1)));
      }
    }
    return numbers;
  }
}
