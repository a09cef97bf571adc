package io.parley.message.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.localstack.TcpProxy;
import io.parley.message.Http;
import io.parley.message.Nodes;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What was not sent to a Cassandra that is too busy costs no more than the refusal. */
class CassandraTablesIT {

  private static final int ROOM = 16;

  @Test
  void messageThatFoundNoRoomShouldNotOpenAnEpoch() throws Exception {
    URI cassandra =
        URI.create(
            "tcp://" + requireNonNull(Nodes.STORES.environment().get("PARLEY_CASSANDRA_URL")));
    try (TcpProxy proxy = TcpProxy.to(cassandra)) {
      Nodes.Node node =
          Nodes.start(
              "PARLEY_CASSANDRA_URL=127.0.0.1:" + proxy.port(),
              "spring.cassandra.request.throttler.max-concurrent-requests=" + ROOM,
              // Longer than a write waits for room.
              "parley.cassandra.request-timeout=20s",
              "parley.log.heal-after=1m");
      try {
        sendWhileFull(node, proxy);
      } finally {
        node.context().close();
      }
    }
  }

  private static void sendWhileFull(Nodes.Node node, TcpProxy proxy) throws Exception {
    UserId ann = Nodes.FLEET.user();
    Http http = new Http(node.http(), Nodes.FLEET.token(ann));
    ConversationId id =
        ConversationId.valueOf(
            http.post("/api/v1/conversations/direct", Map.of("userId", Nodes.FLEET.user()))
                .json()
                .get("id")
                .asString());
    assertThat(send(http, id, "first").status()).isEqualTo(201);
    CqlSession session = node.get(CqlSession.class);
    List<CompletableFuture<?>> reads = new ArrayList<>();
    try (AutoCloseable silence = proxy.silence()) {
      assertThat(silence).isNotNull();
      while (reads.stream().noneMatch(CompletableFuture::isCompletedExceptionally)) {
        reads.add(session.executeAsync("SELECT key FROM system.local").toCompletableFuture());
        assertThat(reads.size()).isLessThanOrEqualTo(ROOM + 1);
      }
      Http.Answer refused = send(http, id, "second");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.json().get("detail").asString()).isEqualTo("Cassandra is too busy");
    }
    // What is late is answered now.
    CompletableFuture.allOf(reads.subList(0, reads.size() - 1).toArray(CompletableFuture[]::new))
        .join();
    Http.Answer again = send(http, id, "second");
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.json().get("seq").asLong()).isEqualTo(2);
    assertThat(send(http, id, "third").json().get("seq").asLong()).isEqualTo(3);
    assertThat(
            requireNonNull(
                    Nodes.A.get(CqlSession.class)
                        .execute(
                            "SELECT opening FROM log_epochs WHERE conversation_id = ?", id.value())
                        .one())
                .getInt("opening"))
        .isEqualTo(1);
  }

  private static Http.Answer send(Http http, ConversationId id, String text) {
    return http.post(
        "/api/v1/conversations/" + id + "/messages", Map.of("clientMessageId", text, "text", text));
  }
}
