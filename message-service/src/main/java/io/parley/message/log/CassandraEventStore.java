package io.parley.message.log;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The log's tables.
 *
 * <p>{@code events_by_conversation}: PRIMARY KEY ((conversation_id, bucket), seq, epoch, event_id),
 * newest first; serves history and catch-up. A bucket holds {@code parley.log.bucket-events} seqs,
 * under 10 MB at 2 kB each. Rows are plain idempotent inserts; as the id is in the key, two writers
 * of one seq overwrite nothing. Which row counts is decided by {@code log_epochs} (ADR 0003). A row
 * with {@code expires_at} has only the place of its message; what that says is in {@link
 * CassandraExpiringTexts}.
 *
 * <p>{@code log_epochs}: PRIMARY KEY (conversation_id), changed by lightweight transactions only,
 * but for {@code whole_to}: its time of writing is its value, so that the highest one stays.
 *
 * <p>{@code epoch_openings}: PRIMARY KEY (scope, node), one partition with a row for each node that
 * opened an epoch in the last day; read whole by every node (ADR 0003, "The lease").
 *
 * <p>Every statement names a whole partition, or a few of one conversation.
 */
@Component
class CassandraEventStore implements EventStore {

  private static final String PLACE = "seq, event_id, epoch, kind, author_id, at, message_count";
  private static final String COLUMNS = PLACE + ", body";

  private static final long MICROS = 1_000;

  /**
   * Edits are written with the time of the message and their distance from it; this is behind all.
   */
  private static final long AFTER_ALL_EDITS = 1L << 50;

  private final CassandraTables tables;
  private final BodyCipher cipher;
  private final int bucketEvents;
  private final CassandraExpiringTexts expiringTexts;
  private final Clock clock;
  private final PreparedStatement insert;
  private final PreparedStatement insertExpiring;
  private final PreparedStatement overwrite;
  private final PreparedStatement edit;
  private final PreparedStatement markReacted;
  private final PreparedStatement selectWritten;
  private final PreparedStatement selectAt;
  private final PreparedStatement selectSome;
  private final PreparedStatement selectFrom;
  private final PreparedStatement selectBefore;
  private final PreparedStatement selectPlacesFrom;
  private final PreparedStatement selectPlacesBefore;
  private final PreparedStatement selectNewestPlaces;
  private final PreparedStatement selectEpoch;
  private final PreparedStatement insertEpoch;
  private final PreparedStatement openEpoch;
  private final PreparedStatement settleEpoch;
  private final PreparedStatement noteWhole;
  private final PreparedStatement noteOpening;
  private final PreparedStatement selectOpenings;

  CassandraEventStore(
      CassandraTables tables,
      BodyCipher cipher,
      CassandraExpiringTexts expiringTexts,
      LogProperties properties,
      Clock clock) {
    this.tables = tables;
    this.cipher = cipher;
    this.expiringTexts = expiringTexts;
    this.clock = clock;
    this.bucketEvents = properties.bucketEvents();
    this.insert =
        tables.prepare(
            "INSERT INTO events_by_conversation (conversation_id, bucket, "
                + COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.insertExpiring =
        tables.prepare(
            "INSERT INTO events_by_conversation (conversation_id, bucket, "
                + COLUMNS
                + ", expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.overwrite =
        tables.prepare(
            "INSERT INTO events_by_conversation"
                + " (conversation_id, bucket, seq, epoch, event_id, body, edited_body, deleted_seq)"
                + " VALUES (?, ?, ?, ?, ?, ?, 0x, ?) USING TIMESTAMP ?");
    String row =
        " WHERE conversation_id = ? AND bucket = ? AND seq = ? AND epoch = ? AND event_id = ?";
    this.edit =
        tables.prepare(
            "UPDATE events_by_conversation USING TIMESTAMP ?"
                + " SET edited_body = ?, edits = edits + ?"
                + row);
    this.markReacted =
        tables.prepare("UPDATE events_by_conversation USING TIMESTAMP ? SET reacted = true" + row);
    this.selectWritten =
        tables.prepare(
            "SELECT epoch, event_id, WRITETIME(body) AS written FROM events_by_conversation"
                + " WHERE conversation_id = ? AND bucket = ? AND seq = ?");
    String rows =
        ", deleted_seq, expires_at FROM events_by_conversation"
            + " WHERE conversation_id = ? AND bucket = ?";
    String select = "SELECT " + COLUMNS + ", edited_body, edits, reacted" + rows;
    String selectPlace = "SELECT " + PLACE + rows;
    String fromSeq = " AND seq >= ? ORDER BY seq ASC LIMIT ?";
    String beforeSeq = " AND seq < ? LIMIT ?";
    this.selectAt = tables.prepare(select + " AND seq = ?");
    this.selectSome = tables.prepare(select + " AND seq IN ?");
    this.selectFrom = tables.prepare(select + fromSeq);
    this.selectBefore = tables.prepare(select + beforeSeq);
    this.selectPlacesFrom = tables.prepare(selectPlace + fromSeq);
    this.selectPlacesBefore = tables.prepare(selectPlace + beforeSeq);
    this.selectNewestPlaces =
        tables.prepare(
            "SELECT bucket, "
                + PLACE
                + ", deleted_seq, expires_at FROM events_by_conversation"
                + " WHERE conversation_id = ? AND bucket IN ? PER PARTITION LIMIT ?");
    this.selectEpoch =
        tables.prepare(
            "SELECT epoch, first_seq, voids, opening, whole_to FROM log_epochs"
                + " WHERE conversation_id = ?");
    this.insertEpoch =
        tables.prepareTransaction(
            "INSERT INTO log_epochs (conversation_id, epoch, first_seq, opening)"
                + " VALUES (?, ?, 1, ?) IF NOT EXISTS");
    this.openEpoch =
        tables.prepareTransaction(
            "UPDATE log_epochs SET opening = ? WHERE conversation_id = ? IF opening = ?");
    this.settleEpoch =
        tables.prepareTransaction(
            "UPDATE log_epochs SET epoch = ?, first_seq = ?, voids = ?"
                + " WHERE conversation_id = ? IF opening = ? AND epoch = ?");
    this.noteWhole =
        tables.prepare(
            "UPDATE log_epochs USING TIMESTAMP ? SET whole_to = ? WHERE conversation_id = ?");
    this.noteOpening =
        tables.prepare(
            "INSERT INTO epoch_openings (scope, node, opened) VALUES (0, ?, ?)"
                + " USING TIMESTAMP ? AND TTL "
                + Duration.ofDays(1).toSeconds());
    this.selectOpenings = tables.prepare("SELECT node, opened FROM epoch_openings WHERE scope = 0");
  }

  @Override
  public long bucketOf(long seq) {
    return seq / bucketEvents;
  }

  /**
   * What expires is written first and elsewhere: no row is found whose text is missing. That one is
   * written means nothing by itself, so where it fails the event was not even tried.
   */
  @Override
  public void insert(LogEvent event) {
    Instant expiresAt = event.expiresAt();
    if (expiresAt == null) {
      write(row(insert, event, event.payload()).setLong(10, micros(event)).build());
      return;
    }
    try {
      expiringTexts.insert(event, bucketOf(event.seq()), expiresAt, micros(event));
    } catch (ProblemException e) {
      throw new NotSent();
    }
    write(
        row(insertExpiring, event, expiringTexts.placeOf(event.payload()))
            .setInstant(10, expiresAt)
            .setLong(11, micros(event))
            .build());
  }

  /** Those of a bucket at once: rows of a partition are written together or not at all. */
  @Override
  public void insert(List<LogEvent> events) {
    if (events.stream().anyMatch(event -> event.expiresAt() != null)) {
      EventStore.super.insert(events);
      return;
    }
    for (int from = 0, to; from < events.size(); from = to) {
      long bucket = bucketOf(events.get(from).seq());
      List<BatchableStatement<?>> rows = new ArrayList<>();
      for (to = from; to < events.size() && bucketOf(events.get(to).seq()) == bucket; to++) {
        LogEvent event = events.get(to);
        rows.add(row(insert, event, event.payload()).setLong(10, micros(event)).build());
      }
      try {
        tables.write(
            rows.size() == 1
                ? rows.getFirst()
                : BatchStatement.newInstance(BatchType.UNLOGGED, rows).setIdempotent(true));
      } catch (CassandraTables.NotSent e) {
        throw from == 0 ? new NotSent() : e;
      }
    }
  }

  private BoundStatementBuilder row(PreparedStatement statement, LogEvent event, String body) {
    return statement
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
        .setByteBuffer(9, ByteBuffer.wrap(cipher.encrypt(event.id(), body)));
  }

  private void write(BoundStatement statement) {
    try {
      tables.write(statement);
    } catch (CassandraTables.NotSent e) {
      throw new NotSent();
    }
  }

  @Override
  public void overwrite(LogEvent event, String payload, long deletedSeq) {
    long bucket = bucketOf(event.seq());
    Instant expiresAt = event.expiresAt();
    if (expiresAt != null) {
      expiringTexts.wipe(event, bucket, expiresAt, micros(event) + AFTER_ALL_EDITS);
    }
    for (Row row :
        tables.execute(selectWritten.bind(event.conversation().value(), bucket, event.seq()))) {
      if (event.id().value().equals(row.getUuid("event_id"))) {
        tables.execute(
            overwrite.bind(
                event.conversation().value(),
                bucket,
                event.seq(),
                row.getInt("epoch"),
                event.id().value(),
                ByteBuffer.wrap(cipher.encrypt(event.id(), payload)),
                deletedSeq,
                Math.max(row.getLong("written") + 1, micros(event) + AFTER_ALL_EDITS)));
      }
    }
  }

  private static long micros(LogEvent event) {
    return event.at().toEpochMilli() * MICROS;
  }

  @Override
  public void edit(LogEvent message, long editedSeq, String content) {
    long version = micros(message) + editedSeq - message.seq();
    Instant expiresAt = message.expiresAt();
    String stays = content;
    if (expiresAt != null) {
      expiringTexts.edit(message, bucketOf(message.seq()), content, expiresAt, version);
      stays = expiringTexts.placeOf(content);
    }
    tables.execute(
        edit.bind(
            version,
            ByteBuffer.wrap(cipher.encrypt(message.id(), stays)),
            Set.of(editedSeq),
            message.conversation().value(),
            bucketOf(message.seq()),
            message.seq(),
            message.epoch(),
            message.id().value()));
  }

  @Override
  public void markReacted(LogEvent message) {
    tables.execute(
        markReacted.bind(
            micros(message),
            message.conversation().value(),
            bucketOf(message.seq()),
            message.seq(),
            message.epoch(),
            message.id().value()));
  }

  @Override
  public List<LogEvent> at(ConversationId conversation, long seq) {
    return events(conversation, selectAt.bind(conversation.value(), bucketOf(seq), seq));
  }

  @Override
  public List<LogEvent> at(ConversationId conversation, Collection<Long> seqs) {
    Map<Long, List<Long>> buckets =
        seqs.stream().distinct().collect(Collectors.groupingBy(this::bucketOf));
    List<CompletableFuture<AsyncResultSet>> answers = new ArrayList<>();
    buckets.forEach(
        (bucket, some) ->
            answers.add(tables.start(selectSome.bind(conversation.value(), bucket, some))));
    List<Row> rows = new ArrayList<>();
    for (CompletableFuture<AsyncResultSet> answer : answers) {
      CassandraTables.answer(answer).currentPage().forEach(rows::add);
    }
    return events(conversation, rows);
  }

  @Override
  public List<LogEvent> from(ConversationId conversation, long from, int limit) {
    return events(conversation, selectFrom.bind(conversation.value(), bucketOf(from), from, limit));
  }

  @Override
  public List<LogEvent> placesFrom(ConversationId conversation, long from, int limit) {
    return places(
        conversation, selectPlacesFrom.bind(conversation.value(), bucketOf(from), from, limit));
  }

  @Override
  public List<LogEvent> before(ConversationId conversation, long bucket, long before, int limit) {
    return events(conversation, selectBefore.bind(conversation.value(), bucket, before, limit));
  }

  @Override
  public List<LogEvent> placesBefore(
      ConversationId conversation, long bucket, long before, int limit) {
    return places(
        conversation, selectPlacesBefore.bind(conversation.value(), bucket, before, limit));
  }

  @Override
  public List<List<LogEvent>> newestPlaces(
      ConversationId conversation, long bucket, int buckets, int limit) {
    List<Long> wanted = LongStream.range(bucket, bucket + buckets).boxed().toList();
    List<List<LogEvent>> places = new ArrayList<>();
    wanted.forEach(each -> places.add(new ArrayList<>()));
    for (Row row : tables.execute(selectNewestPlaces.bind(conversation.value(), wanted, limit))) {
      places
          .get((int) (row.getLong("bucket") - bucket))
          .add(event(conversation, row, goneAt(row, clock.instant()), Content.NONE));
    }
    return places;
  }

  /**
   * What an event says.
   *
   * @param changes what later events have made of it
   */
  private record Content(String payload, LogEvent.Changes changes) {
    static final Content NONE = new Content("", LogEvent.Changes.NONE);
  }

  private Content content(EventId id, Row row) {
    ByteBuffer edited = row.getByteBuffer("edited_body");
    return content(
        decrypted(id, Objects.requireNonNull(row.getByteBuffer("body"))),
        edited == null || !edited.hasRemaining() ? null : decrypted(id, edited),
        row);
  }

  private static Content content(String payload, @Nullable String edited, Row row) {
    Set<Long> edits = row.getSet("edits", Long.class);
    boolean reacted = row.getBoolean("reacted");
    return new Content(
        payload,
        row.isNull("edited_body") && !reacted
            ? LogEvent.Changes.NONE
            : new LogEvent.Changes(
                edited, edits == null ? Set.of() : new TreeSet<>(edits), reacted));
  }

  /** What is deleted stays so, whatever its time. */
  private static long goneAt(Row row, Instant now) {
    long deletedSeq = row.getLong("deleted_seq");
    Instant expiresAt = row.getInstant("expires_at");
    return deletedSeq != 0 || expiresAt == null || expiresAt.isAfter(now)
        ? deletedSeq
        : LogEvent.EXPIRED;
  }

  private String decrypted(EventId id, ByteBuffer body) {
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    return cipher.decrypt(id, bytes);
  }

  private List<LogEvent> places(ConversationId conversation, BoundStatement statement) {
    Instant now = clock.instant();
    List<LogEvent> events = new ArrayList<>();
    for (Row row : tables.execute(statement)) {
      events.add(event(conversation, row, goneAt(row, now), Content.NONE));
    }
    return events;
  }

  private List<LogEvent> events(ConversationId conversation, BoundStatement statement) {
    return events(conversation, tables.execute(statement));
  }

  /** Only where a row says that it expires, and has not, another table is asked. */
  private List<LogEvent> events(ConversationId conversation, Iterable<Row> rows) {
    Instant now = clock.instant();
    List<LogEvent> events = new ArrayList<>();
    Map<Integer, Row> expiring = new HashMap<>();
    for (Row row : rows) {
      long gone = goneAt(row, now);
      LogEvent event = event(conversation, row, gone, content(id(row), row));
      if (gone == 0 && !row.isNull("expires_at")) {
        expiring.put(events.size(), row);
      }
      events.add(gone == LogEvent.EXPIRED ? expired(event) : event);
    }
    if (!expiring.isEmpty()) {
      Map<EventId, CassandraExpiringTexts.Texts> texts =
          expiringTexts.read(
              conversation,
              expiring.keySet().stream().map(i -> events.get(i).seq()).toList(),
              this::bucketOf);
      expiring.forEach((i, row) -> events.set(i, whole(events.get(i), row, texts)));
    }
    return events;
  }

  private static LogEvent whole(
      LogEvent event, Row row, Map<EventId, CassandraExpiringTexts.Texts> texts) {
    CassandraExpiringTexts.Texts said = texts.get(event.id());
    return said == null
        ? expired(event)
        : event(event.conversation(), row, 0, content(said.payload(), said.edited(), row));
  }

  private static LogEvent expired(LogEvent event) {
    String place = event.payload().substring(0, event.payload().length() - 1);
    return new LogEvent(
        event.conversation(),
        event.seq(),
        event.id(),
        event.epoch(),
        event.kind(),
        event.author(),
        event.at(),
        event.messageCount(),
        place + ",\"expired\":true}",
        LogEvent.EXPIRED,
        event.changes());
  }

  private static EventId id(Row row) {
    return new EventId(Objects.requireNonNull(row.getUuid("event_id")));
  }

  private static LogEvent event(
      ConversationId conversation, Row row, long deletedSeq, Content content) {
    LogEvent.Kind kind = LogEvent.Kind.valueOf(row.getString("kind"));
    return new LogEvent(
        conversation,
        row.getLong("seq"),
        id(row),
        row.getInt("epoch"),
        kind,
        kind == LogEvent.Kind.VOID
            ? null
            : new UserId(Objects.requireNonNull(row.getUuid("author_id"))),
        Objects.requireNonNull(row.getInstant("at")),
        row.getLong("message_count"),
        content.payload(),
        deletedSeq,
        content.changes());
  }

  @Override
  public @Nullable LogEpoch epoch(ConversationId conversation) {
    Row row = tables.execute(selectEpoch.bind(conversation.value())).one();
    if (row == null || row.isNull("opening")) {
      return null;
    }
    Set<Long> voids = row.getSet("voids", Long.class);
    return new LogEpoch(
        row.getInt("epoch"),
        row.getLong("first_seq"),
        voids == null ? Set.of() : voids,
        row.getInt("opening"),
        row.getLong("whole_to"));
  }

  @Override
  public boolean createEpoch(ConversationId conversation, int first) {
    return tables.execute(insertEpoch.bind(conversation.value(), first, first)).wasApplied();
  }

  @Override
  public boolean openEpoch(ConversationId conversation, int opening, int previous) {
    return tables.execute(openEpoch.bind(opening, conversation.value(), previous)).wasApplied();
  }

  @Override
  public boolean settleEpoch(ConversationId conversation, LogEpoch settled, int previousEpoch) {
    return tables
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

  @Override
  public void noteWhole(ConversationId conversation, long seq) {
    tables.execute(noteWhole.bind(seq, seq, conversation.value()));
  }

  @Override
  public void noteOpening(UUID node, long micros) {
    tables.execute(noteOpening.bind(node, micros, micros));
  }

  @Override
  public Map<UUID, Long> openings() {
    Map<UUID, Long> openings = new HashMap<>();
    for (Row row : tables.execute(selectOpenings.bind())) {
      openings.put(Objects.requireNonNull(row.getUuid("node")), row.getLong("opened"));
    }
    return openings;
  }
}
