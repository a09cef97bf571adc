package io.parley.message.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Who misses more than a thousand events of a conversation gets its newest messages instead. */
class ResetIT {

  private static final int MANY = 1_000;

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private String path;

  @BeforeEach
  void aLongConversation() {
    Http.Answer answer = asAnn.post("/api/v1/conversations/direct", Map.of("userId", ben));
    String id = answer.json().get("id").asString();
    path = "/api/v1/conversations/" + id;
    EventLog log = Nodes.A.get(EventLog.class);
    for (int i = 1; i <= MANY; i++) {
      log.append(
          new EventLog.Draft(
              ConversationId.valueOf(id), ann, "noise " + i, LogEvent.Kind.MEMBERS, "{}"));
    }
    for (int i = 1; i <= 3; i++) {
      Http.Answer sent =
          asAnn.post(path + "/messages", Map.of("clientMessageId", "m" + i, "text", "text " + i));
      assertThat(sent.json().get("seq").asLong()).isEqualTo(MANY + i);
    }
  }

  private JsonNode events(String query) {
    Http.Answer answer = asBen.get(path + "/events" + query);
    assertThat(answer.status()).isEqualTo(200);
    return answer.json();
  }

  @Test
  void whoIsTooFarBehindShouldGetTheNewestMessages() {
    asAnn.call("PATCH", path + "/messages/1002", Map.of("text", "edited"));
    asBen.put(path + "/messages/1003/reactions/%F0%9F%91%8D", "");
    JsonNode page = events("?after=2&limit=500");
    assertThat(page.get("items").isEmpty()).isTrue();
    assertThat(page.get("next").asLong()).isEqualTo(MANY + 5);
    assertThat(page.get("more").asBoolean()).isFalse();
    JsonNode reset = page.get("reset");
    assertThat(reset.get("items").findValuesAsString("text"))
        .containsExactly("text 1", "edited", "text 3");
    assertThat(reset.get("items").get(2).get("reactions").get(0).get("own").asBoolean()).isTrue();
    assertThat(reset.get("before").asLong()).isEqualTo(MANY + 1);
    // From there it goes on as ever.
    assertThat(events("?after=" + page.get("next")).get("items").isEmpty()).isTrue();
  }

  @Test
  void whoMissesNoMoreThanThatShouldGetTheEvents() {
    JsonNode page = events("?after=3&limit=500");
    assertThat(page.has("reset")).isFalse();
    assertThat(page.get("items").get(0).get("seq").asLong()).isEqualTo(4);
  }

  @Test
  void whoWantsAllEventsShouldGetThem() {
    List<Long> seqs = new ArrayList<>();
    JsonNode page;
    do {
      long after = seqs.isEmpty() ? 0 : seqs.get(seqs.size() - 1);
      page = events("?reset=false&limit=500&after=" + after);
      page.get("items").forEach(event -> seqs.add(event.get("seq").asLong()));
    } while (page.get("more").asBoolean());
    assertThat(seqs).isEqualTo(LongStream.rangeClosed(1, MANY + 3).boxed().toList());
    assertThat(asBen.get(path + "/events?reset=perhaps").status()).isEqualTo(400);
  }
}
