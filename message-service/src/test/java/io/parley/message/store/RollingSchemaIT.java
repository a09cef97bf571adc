package io.parley.message.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Nodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import tools.jackson.databind.JsonNode;

/**
 * The first half of expand and contract: a node of the next release adds a column while nodes of
 * this one serve, and goes on beside them. The next release is this one with one more version.
 */
class RollingSchemaIT {

  private final UserId ann = Nodes.FLEET.user();
  private final String token = Nodes.FLEET.token(ann);

  @Test
  void nodesOfTwoReleasesShouldServeSideBySide(@TempDir Path folder) throws Exception {
    writeNextRelease(folder);
    Http old = new Http(Nodes.A.http(), token);
    ConversationId id =
        ConversationId.valueOf(
            old.post("/api/v1/conversations/direct", Map.of("userId", Nodes.FLEET.user()))
                .json()
                .get("id")
                .asString());
    assertThat(send(old, id, "before")).isEqualTo(201);

    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<List<Integer>> meanwhile =
        CompletableFuture.supplyAsync(
            () -> sendUntil(enough, old, id), task -> Thread.ofVirtual().start(task));
    Nodes.Node next = Nodes.start("parley.cassandra.migrations=file:" + folder);
    try {
      enough.set(true);
      assertThat(meanwhile.join()).isNotEmpty().containsOnly(201);
      workTogether(old, next, id);
    } finally {
      next.context().close();
    }

    // Going back to this release needs no way back of the schema, nor does a crash.
    Nodes.Node again = Nodes.start("parley.migrate=never");
    try {
      assertThat(send(new Http(again.http(), token), id, "again")).isEqualTo(201);
    } finally {
      again.context().close();
    }
  }

  private void workTogether(Http old, Nodes.Node next, ConversationId id) {
    CqlSession session = next.get(CqlSession.class);
    Http atNext = new Http(next.http(), token);
    assertThat(send(atNext, id, "at the next")).isEqualTo(201);
    long written = seqs(old, id).getLast();
    Row row = row(session, id, written);
    assertThat(row.isNull("origin")).isTrue();
    session.execute(
        "UPDATE events_by_conversation SET origin = 'web'"
            + " WHERE conversation_id = ? AND bucket = ? AND seq = ? AND epoch = ? AND event_id = ?",
        id.value(),
        written / Nodes.BUCKET_EVENTS,
        written,
        row.getInt("epoch"),
        row.getUuid("event_id"));

    // Each reads what the other wrote, and nothing is missing.
    assertThat(send(old, id, "after")).isEqualTo(201);
    List<Long> seqs = seqs(atNext, id);
    assertThat(seqs)
        .isEqualTo(LongStream.rangeClosed(1, seqs.size()).boxed().toList())
        .isEqualTo(seqs(old, id));
    assertThat(row(session, id, seqs.getLast()).isNull("origin")).isTrue();

    // A node that does not know the column leaves it alone, also when it overwrites the row.
    assertThat(old.delete("/api/v1/conversations/" + id + "/messages/" + written).status())
        .isBetween(200, 299);
    assertThat(row(session, id, written).getString("origin")).isEqualTo("web");
    assertThat(row(session, id, written).isNull("deleted_seq")).isFalse();
  }

  private static void writeNextRelease(Path folder) throws Exception {
    int newest = CassandraScript.read("V", "classpath:db/cql").lastKey();
    for (Resource file :
        new PathMatchingResourcePatternResolver().getResources("classpath:db/cql/V*.cql")) {
      Files.write(folder.resolve(requireNonNull(file.getFilename())), file.getContentAsByteArray());
    }
    Files.writeString(
        folder.resolve("V" + (newest + 1) + "__origin.cql"),
        "ALTER TABLE events_by_conversation ADD IF NOT EXISTS origin text;");
  }

  private static List<Integer> sendUntil(AtomicBoolean enough, Http http, ConversationId id) {
    List<Integer> answers = new ArrayList<>();
    do {
      answers.add(send(http, id, "meanwhile " + answers.size()));
      pause();
    } while (!enough.get());
    return answers;
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int send(Http http, ConversationId id, String text) {
    return http.post(
            "/api/v1/conversations/" + id + "/messages",
            Map.of("clientMessageId", text.replace(' ', '-'), "text", text))
        .status();
  }

  private static List<Long> seqs(Http http, ConversationId id) {
    TreeMap<Long, String> kinds = new TreeMap<>();
    for (long after = 0; ; after = kinds.lastKey()) {
      JsonNode items =
          http.get("/api/v1/conversations/" + id + "/events?limit=50&after=" + after)
              .json()
              .get("items");
      for (JsonNode item : items) {
        kinds.put(item.get("seq").asLong(), item.get("type").asString());
      }
      if (items.isEmpty()) {
        return List.copyOf(kinds.keySet());
      }
    }
  }

  private static Row row(CqlSession session, ConversationId id, long seq) {
    return requireNonNull(
        session
            .execute(
                "SELECT origin, epoch, event_id, deleted_seq FROM events_by_conversation"
                    + " WHERE conversation_id = ? AND bucket = ? AND seq = ?",
                id.value(),
                seq / Nodes.BUCKET_EVENTS,
                seq)
            .one());
  }
}
