package io.parley.message.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Repeats of what is remembered no more, on a node that remembers little. */
class LateRepeatIT {

  private static final Nodes.Node forgetful =
      Nodes.start(
          "parley.log.remembered-sends=10",
          "parley.log.remembered-by-author=2",
          "parley.limits.searched-pages=3",
          "parley.limits.searched-pages-refill=10m");

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final Http asAnn = new Http(forgetful.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(forgetful.http(), Nodes.FLEET.token(ben));
  private final String conversation =
      asAnn.post("/api/v1/conversations/direct", Map.of("userId", ben)).json().get("id").asString();

  @AfterAll
  static void stop() {
    forgetful.context().close();
  }

  private Answer send(Http http, Map<String, Object> message) {
    return http.post("/api/v1/conversations/" + conversation + "/messages", message);
  }

  private void others(int messages, String name) {
    for (int i = 0; i < messages; i++) {
      assertThat(send(asBen, Map.of("clientMessageId", name + i, "text", "b")).status())
          .isEqualTo(201);
    }
  }

  @Test
  void repeatThatNamesWhenItWasTriedShouldGetItsFirstAnswer() throws Exception {
    JsonNode first = send(asAnn, Map.of("clientMessageId", "m1", "text", "one")).json();
    send(asAnn, Map.of("clientMessageId", "m2", "text", "two"));
    JsonNode third = send(asAnn, Map.of("clientMessageId", "m3", "text", "three")).json();
    others(30, "x");
    // One of the author's last two is known however much others have written.
    assertThat(send(asAnn, Map.of("clientMessageId", "m3", "text", "three")).json())
        .isEqualTo(third);
    Answer again = send(asAnn, Map.of("clientMessageId", "m1", "text", "one", "triedAfterSeq", 0));
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.json()).isEqualTo(first);
    assertThat(
            send(asAnn, Map.of("clientMessageId", "m1", "text", "other", "triedAfterSeq", 0))
                .slug())
        .isEqualTo("client-message-id-reused");
    try (StompClient client = StompClient.connect(forgetful.http(), asAnn.token())) {
      client.send(
          "SEND",
          Map.of("destination", "/app/conversations/" + conversation + "/messages"),
          "{\"clientMessageId\":\"m1\",\"text\":\"one\",\"triedAfterSeq\":0}");
      assertThat(client.event("ACK").get("seq")).isEqualTo(first.get("seq"));
    }
    // Nothing was stored again; and one that was never stored is.
    Answer late = send(asAnn, Map.of("clientMessageId", "new", "text", "new", "triedAfterSeq", 5));
    assertThat(late.json().get("seq").asLong()).isEqualTo(34);
    // Who says nothing of it is not known any more: what the field is for.
    assertThat(
            send(asAnn, Map.of("clientMessageId", "m1", "text", "one")).json().get("seq").asLong())
        .isEqualTo(35);
  }

  @Test
  void searchesShouldBeLimitedAndRepeatsShareThem() {
    for (String id : new String[] {"m1", "m2", "m3"}) {
      send(asAnn, Map.of("clientMessageId", id, "text", "one"));
    }
    others(30, "x");
    // All of them are answered by one reading.
    for (int i = 0; i < 10; i++) {
      Answer answer =
          send(asAnn, Map.of("clientMessageId", "m1", "text", "one", "triedAfterSeq", 0));
      assertThat(answer.json().get("seq").asLong()).isEqualTo(1);
    }
    int searched = 1;
    Answer answer;
    do {
      others(3, "y" + searched);
      answer = send(asAnn, Map.of("clientMessageId", "m1", "text", "one", "triedAfterSeq", 0));
    } while (answer.status() == 201 && ++searched < 10);
    assertThat(searched).isEqualTo(3);
    assertThat(answer.slug()).isEqualTo("rate-limited");
    assertThat(answer.json().get("limiter").asString()).isEqualTo("repeat-search");
    assertThat(answer.json().get("retryAfter").asLong()).isPositive();
  }
}
