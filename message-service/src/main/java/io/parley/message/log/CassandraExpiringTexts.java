package io.parley.message.log;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.message.store.CassandraTables;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code expiring_texts_by_conversation}: PRIMARY KEY ((conversation_id, bucket), seq, event_id),
 * the buckets being those of the log; what messages say that disappear, and their edits (ADR 0024).
 * Each row has a time to live that ends with its message, and the table's files are of a day each,
 * so a file goes as a whole when all in it has expired.
 *
 * <p>Rows are asked for by their seqs, and only such as have not expired, so a read meets no
 * tombstone. Written with the same times as the cells of {@code events_by_conversation} that they
 * stand for, and nothing is deleted: of the same writes the same wins.
 */
@Component
class CassandraExpiringTexts {

  /**
   * What an event says.
   *
   * @param edited what edits have made of it; null: it was not edited
   */
  record Texts(String payload, @Nullable String edited) {}

  /**
   * Cassandra counts in whole seconds of its own clock: no text is gone before its row says so, by
   * which it is hidden.
   */
  private static final Duration SPARE = Duration.ofSeconds(2);

  /** Longer than a text lives: whoever wiped it is not undone by a repeat of the write. */
  private static final Duration AFTERWARDS = Duration.ofMinutes(5);

  private static final int AT_ONCE = 500;

  private final CassandraTables tables;
  private final BodyCipher cipher;
  private final JsonMapper json;
  private final Clock clock;
  private final PreparedStatement insert;
  private final PreparedStatement edit;
  private final PreparedStatement wipe;
  private final PreparedStatement select;

  CassandraExpiringTexts(CassandraTables tables, BodyCipher cipher, JsonMapper json, Clock clock) {
    this.tables = tables;
    this.cipher = cipher;
    this.json = json;
    this.clock = clock;
    String into =
        "INSERT INTO expiring_texts_by_conversation (conversation_id, bucket, seq, event_id, ";
    String using = " USING TIMESTAMP ? AND TTL ?";
    this.insert = tables.prepare(into + "body) VALUES (?, ?, ?, ?, ?)" + using);
    this.edit = tables.prepare(into + "edited_body) VALUES (?, ?, ?, ?, ?)" + using);
    this.wipe = tables.prepare(into + "body, edited_body) VALUES (?, ?, ?, ?, 0x, 0x)" + using);
    this.select =
        tables.prepare(
            "SELECT event_id, body, edited_body FROM expiring_texts_by_conversation"
                + " WHERE conversation_id = ? AND bucket = ? AND seq IN ?");
  }

  /** What is left of a payload when it has expired, and is in the log from the beginning. */
  String placeOf(String payload) {
    ObjectNode place = (ObjectNode) json.readTree(payload);
    List<String> stays = new ArrayList<>(LogEvent.PLACE_OF_MESSAGE);
    stays.addAll(List.of("target", "editedAt", "editedSeq"));
    return json.writeValueAsString(place.retain(stays));
  }

  /**
   * @param version the time of writing, in microseconds
   */
  void insert(LogEvent event, long bucket, Instant expiresAt, long version) {
    write(insert, event, bucket, event.payload(), version, timeToLive(expiresAt, SPARE));
  }

  void edit(LogEvent message, long bucket, String content, Instant expiresAt, long version) {
    write(edit, message, bucket, content, version, timeToLive(expiresAt, SPARE));
  }

  private void write(
      PreparedStatement statement,
      LogEvent event,
      long bucket,
      String text,
      long version,
      int timeToLive) {
    tables.execute(
        statement.bind(
            event.conversation().value(),
            bucket,
            event.seq(),
            event.id().value(),
            ByteBuffer.wrap(cipher.encrypt(event.id(), text)),
            version,
            timeToLive));
  }

  /** Takes everything out that the event says. */
  void wipe(LogEvent event, long bucket, Instant expiresAt, long version) {
    tables.execute(
        wipe.bind(
            event.conversation().value(),
            bucket,
            event.seq(),
            event.id().value(),
            version,
            timeToLive(expiresAt, AFTERWARDS)));
  }

  /** In seconds; an expired one lives for a while all the same, and nobody can read it. */
  private int timeToLive(Instant expiresAt, Duration longer) {
    long millis = Duration.between(clock.instant(), expiresAt).plus(longer).toMillis();
    return (int) Math.max(1, Math.ceilDiv(millis, 1_000));
  }

  /** Of events that were not wiped and have not expired. */
  Map<EventId, Texts> read(
      ConversationId conversation, Collection<Long> seqs, LongUnaryOperator bucketOf) {
    Map<Long, List<Long>> buckets =
        seqs.stream().distinct().collect(Collectors.groupingBy(bucketOf::applyAsLong));
    List<CompletableFuture<AsyncResultSet>> answers = new ArrayList<>();
    buckets.forEach(
        (bucket, all) -> {
          for (int from = 0; from < all.size(); from += AT_ONCE) {
            List<Long> some = all.subList(from, Math.min(all.size(), from + AT_ONCE));
            answers.add(tables.start(select.bind(conversation.value(), bucket, some)));
          }
        });
    Map<EventId, Texts> found = new HashMap<>();
    for (CompletableFuture<AsyncResultSet> answer : answers) {
      for (Row row : CassandraTables.answer(answer).currentPage()) {
        UUID event = Objects.requireNonNull(row.getUuid("event_id"));
        EventId id = new EventId(event);
        String payload = text(id, row.getByteBuffer("body"));
        if (payload != null) {
          found.put(id, new Texts(payload, text(id, row.getByteBuffer("edited_body"))));
        }
      }
    }
    return found;
  }

  private @Nullable String text(EventId id, @Nullable ByteBuffer sealed) {
    if (sealed == null || !sealed.hasRemaining()) {
      return null;
    }
    byte[] bytes = new byte[sealed.remaining()];
    sealed.get(bytes);
    return cipher.decrypt(id, bytes);
  }
}
