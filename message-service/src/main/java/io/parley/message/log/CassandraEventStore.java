package io.parley.message.log;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The log's two tables.
 *
 * <p>{@code events_by_conversation}: PRIMARY KEY ((conversation_id, bucket), seq, epoch, event_id),
 * newest first; serves history and catch-up. A bucket holds {@code parley.log.bucket-events} seqs,
 * under 10 MB at 2 kB each. Rows are plain idempotent inserts; as the id is in the key, two writers
 * of one seq overwrite nothing. Which row counts is decided by {@code log_epochs} (ADR 0003). Every
 * statement names a whole partition.
 *
 * <p>{@code log_epochs}: PRIMARY KEY (conversation_id), changed by lightweight transactions only.
 */
@Component
class CassandraEventStore {

  private static final String COLUMNS =
      "seq, event_id, epoch, kind, author_id, at, message_count, body";

  private static final long MICROS = 1_000;

  private final CqlSession session;
  private final BodyCipher cipher;
  private final int bucketEvents;
  private final PreparedStatement insert;
  private final PreparedStatement overwrite;
  private final PreparedStatement selectWritten;
  private final PreparedStatement selectAt;
  private final PreparedStatement selectFrom;
  private final PreparedStatement selectBefore;
  private final PreparedStatement selectEpoch;
  private final PreparedStatement insertEpoch;
  private final PreparedStatement openEpoch;
  private final PreparedStatement settleEpoch;

  CassandraEventStore(CqlSession session, BodyCipher cipher, LogProperties properties) {
    this.session = session;
    this.cipher = cipher;
    this.bucketEvents = properties.bucketEvents();
    this.insert =
        prepare(
            "INSERT INTO events_by_conversation (conversation_id, bucket, "
                + COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.overwrite =
        prepare(
            "INSERT INTO events_by_conversation"
                + " (conversation_id, bucket, seq, epoch, event_id, body, deleted_seq)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.selectWritten =
        prepare(
            "SELECT epoch, event_id, WRITETIME(body) AS written FROM events_by_conversation"
                + " WHERE conversation_id = ? AND bucket = ? AND seq = ?");
    String select =
        "SELECT "
            + COLUMNS
            + ", deleted_seq FROM events_by_conversation WHERE conversation_id = ? AND bucket = ?";
    this.selectAt = prepare(select + " AND seq = ?");
    this.selectFrom = prepare(select + " AND seq >= ? ORDER BY seq ASC LIMIT ?");
    this.selectBefore = prepare(select + " AND seq < ? LIMIT ?");
    this.selectEpoch =
        prepare(
            "SELECT epoch, first_seq, voids, opening FROM log_epochs"
                + " WHERE conversation_id = ?");
    this.insertEpoch =
        transaction(
            "INSERT INTO log_epochs (conversation_id, epoch, first_seq, opening)"
                + " VALUES (?, 1, 1, 1) IF NOT EXISTS");
    this.openEpoch =
        transaction("UPDATE log_epochs SET opening = ? WHERE conversation_id = ? IF opening = ?");
    this.settleEpoch =
        transaction(
            "UPDATE log_epochs SET epoch = ?, first_seq = ?, voids = ?"
                + " WHERE conversation_id = ? IF opening = ? AND epoch = ?");
  }

  private PreparedStatement prepare(String cql) {
    return session.prepare(SimpleStatement.newInstance(cql).setIdempotent(true));
  }

  private PreparedStatement transaction(String cql) {
    return session.prepare(SimpleStatement.newInstance(cql).setIdempotent(false));
  }

  long bucketOf(long seq) {
    return seq / bucketEvents;
  }

  /**
   * Durable when it returns: quorum, and the commit log is synced before it answers. Its time of
   * writing is the event's own, so that a repeat that comes late does not undo {@link #overwrite}.
   */
  void insert(LogEvent event) {
    BoundStatement statement =
        insert
            .boundStatementBuilder()
            .setUuid(0, event.conversation().value())
            .setLong(1, bucketOf(event.seq()))
            .setLong(2, event.seq())
            .setUuid(3, event.id().value())
            .setInt(4, event.epoch())
            .setString(5, event.kind().name())
            .setUuid(6, event.author() == null ? event.id().value() : event.author().value())
            .setInstant(7, event.at())
            .setLong(8, event.messageCount())
            .setByteBuffer(9, ByteBuffer.wrap(cipher.encrypt(event.id(), event.payload())))
            .setLong(10, event.at().toEpochMilli() * MICROS)
            .build();
    session.execute(statement);
  }

  /**
   * Puts another content in the place of an event's, wherever its row was written; what was there
   * can not come back.
   *
   * @param deletedSeq as in {@link LogEvent}
   */
  void overwrite(LogEvent event, String payload, long deletedSeq) {
    long bucket = bucketOf(event.seq());
    for (Row row :
        session.execute(selectWritten.bind(event.conversation().value(), bucket, event.seq()))) {
      if (event.id().value().equals(row.getUuid("event_id"))) {
        session.execute(
            overwrite.bind(
                event.conversation().value(),
                bucket,
                event.seq(),
                row.getInt("epoch"),
                event.id().value(),
                ByteBuffer.wrap(cipher.encrypt(event.id(), payload)),
                deletedSeq,
                row.getLong("written") + 1));
      }
    }
  }

  /** The rows at one seq: usually one. */
  List<LogEvent> at(ConversationId conversation, long seq) {
    return events(conversation, selectAt.bind(conversation.value(), bucketOf(seq), seq));
  }

  /** Rows with {@code from <= seq}, oldest first, of the bucket of {@code from} only. */
  List<LogEvent> from(ConversationId conversation, long from, int limit) {
    return events(conversation, selectFrom.bind(conversation.value(), bucketOf(from), from, limit));
  }

  /** Rows of one bucket with {@code seq < before}, newest first. */
  List<LogEvent> before(ConversationId conversation, long bucket, long before, int limit) {
    return events(conversation, selectBefore.bind(conversation.value(), bucket, before, limit));
  }

  private List<LogEvent> events(ConversationId conversation, BoundStatement statement) {
    List<LogEvent> events = new ArrayList<>();
    for (Row row : session.execute(statement)) {
      EventId id = new EventId(Objects.requireNonNull(row.getUuid("event_id")));
      LogEvent.Kind kind = LogEvent.Kind.valueOf(row.getString("kind"));
      ByteBuffer body = Objects.requireNonNull(row.getByteBuffer("body"));
      byte[] bytes = new byte[body.remaining()];
      body.get(bytes);
      events.add(
          new LogEvent(
              conversation,
              row.getLong("seq"),
              id,
              row.getInt("epoch"),
              kind,
              kind == LogEvent.Kind.VOID
                  ? null
                  : new UserId(Objects.requireNonNull(row.getUuid("author_id"))),
              Objects.requireNonNull(row.getInstant("at")),
              row.getLong("message_count"),
              cipher.decrypt(id, bytes),
              row.getLong("deleted_seq")));
    }
    return events;
  }

  /** Null before the first event. */
  @Nullable LogEpoch epoch(ConversationId conversation) {
    Row row = session.execute(selectEpoch.bind(conversation.value())).one();
    if (row == null || row.isNull("opening")) {
      return null;
    }
    Set<Long> voids = row.getSet("voids", Long.class);
    return new LogEpoch(
        row.getInt("epoch"),
        row.getLong("first_seq"),
        voids == null ? Set.of() : voids,
        row.getInt("opening"));
  }

  /** Makes epoch 1, settled, when the conversation has none. */
  boolean createEpoch(ConversationId conversation) {
    return session.execute(insertEpoch.bind(conversation.value())).wasApplied();
  }

  /** From here on no event of an older epoch can be acknowledged. */
  boolean openEpoch(ConversationId conversation, int opening, int previous) {
    return session.execute(openEpoch.bind(opening, conversation.value(), previous)).wasApplied();
  }

  boolean settleEpoch(ConversationId conversation, LogEpoch settled, int previousEpoch) {
    return session
        .execute(
            settleEpoch.bind(
                settled.epoch(),
                settled.firstSeq(),
                settled.voids(),
                conversation.value(),
                settled.opening(),
                previousEpoch))
        .wasApplied();
  }
}
