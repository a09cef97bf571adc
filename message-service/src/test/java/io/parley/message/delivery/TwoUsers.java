package io.parley.message.delivery;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Ann and Ben, new in each test, and their direct conversation. */
final class TwoUsers {

  final UserId ann = Nodes.FLEET.user();
  final UserId ben = Nodes.FLEET.user();
  final String annToken = Nodes.FLEET.token(ann);
  final String benToken = Nodes.FLEET.token(ben);

  /** Made on first use. */
  ConversationId direct(Nodes.Node node) {
    return direct(node, annToken, ben);
  }

  static ConversationId direct(Nodes.Node node, String token, UserId other) {
    return ConversationId.valueOf(
        new Http(node.http(), token)
            .post("/api/v1/conversations/direct", Map.of("userId", other))
            .json()
            .get("id")
            .asString());
  }

  /** The seq under which it was stored. */
  static long send(Nodes.Node node, String token, ConversationId conversation, String text) {
    Http.Answer answer = trySend(node, token, conversation, text);
    if (answer.status() != 201) {
      throw new AssertionError(answer.response().body());
    }
    return answer.json().get("seq").asLong();
  }

  static Http.Answer trySend(
      Nodes.Node node, String token, ConversationId conversation, String text) {
    return new Http(node.http(), token)
        .post(
            "/api/v1/conversations/" + conversation + "/messages",
            Map.of("clientMessageId", "m" + text.hashCode() + "-" + text.length(), "text", text));
  }

  /** The seqs that catching up from here shows. */
  static List<Long> catchUp(
      Nodes.Node node, String token, ConversationId conversation, long after) {
    List<Long> seqs = new ArrayList<>();
    Http.Answer page =
        new Http(node.http(), token)
            .get(
                "/api/v1/conversations/"
                    + conversation
                    + "/events?reset=false&limit=500&after="
                    + after);
    page.json().get("items").forEach(event -> seqs.add(event.get("seq").asLong()));
    return seqs;
  }

  /** The conversation's events of the log in the order in which they come, up to this seq. */
  static List<Long> upTo(long seq, StompClient client, ConversationId conversation)
      throws InterruptedException {
    List<Long> seqs = new ArrayList<>();
    do {
      seqs.add(client.event(event -> isOfLog(event, conversation)).get("seq").asLong());
    } while (seqs.get(seqs.size() - 1) < seq);
    return seqs;
  }

  static boolean isOfLog(JsonNode event, ConversationId conversation) {
    return event.has("prev")
        && event.get("conversationId").asString().equals(conversation.toString());
  }

  /** The head that a HEADS tells of the conversation; waits for one that does. */
  static long head(StompClient client, ConversationId conversation) throws InterruptedException {
    return client
        .event(event -> headIn(event, conversation) > 0)
        .get("heads")
        .get(conversation.toString())
        .asLong();
  }

  static long headIn(JsonNode event, ConversationId conversation) {
    return event.path("heads").path(conversation.toString()).asLong(0);
  }
}
