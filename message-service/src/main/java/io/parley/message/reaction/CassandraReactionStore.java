package io.parley.message.reaction;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.TupleValue;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.TupleType;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraTables;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code reactions_by_message}: PRIMARY KEY ((conversation_id, stretch), target_seq, emoji,
 * user_id), a stretch being {@value #STRETCH} seqs, so that a page of history is one partition or
 * two. A row for each user's reaction with an emoji, {@code present} or taken back, and one without
 * emoji and user for each message that says how many there are of each kind, and up to which event.
 *
 * <p>What an event changes is one write: one partition's rows change together, and what is read at
 * once is of one moment. The time of writing is the event's seq, so that the rows are those of the
 * last event in whatever order events are applied. Nothing is deleted, so reading meets no
 * tombstones.
 */
@Component
class CassandraReactionStore implements ReactionStore {

  private static final long STRETCH = 100;

  /** Rows that are named in one request. */
  private static final int NAMED = 500;

  private static final UserId NOBODY = new UserId(new UUID(0, 0));
  private static final TupleType KEY =
      DataTypes.tupleOf(DataTypes.BIGINT, DataTypes.TEXT, DataTypes.UUID);

  private final CassandraTables tables;
  private final JsonMapper json;
  private final PreparedStatement insert;
  private final PreparedStatement insertCounts;
  private final PreparedStatement select;
  private final PreparedStatement selectAfter;

  CassandraReactionStore(CassandraTables tables, JsonMapper json) {
    this.tables = tables;
    this.json = json;
    this.insert =
        tables.prepare(
            "INSERT INTO reactions_by_message"
                + " (conversation_id, stretch, target_seq, emoji, user_id, present, seq)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
    this.insertCounts =
        tables.prepare(
            "INSERT INTO reactions_by_message"
                + " (conversation_id, stretch, target_seq, emoji, user_id, counts, seq)"
                + " VALUES (?, ?, ?, '', ?, ?, ?) USING TIMESTAMP ?");
    String rows = " FROM reactions_by_message WHERE conversation_id = ? AND stretch = ?";
    this.select =
        tables.prepare(
            "SELECT target_seq, emoji, user_id, present, seq, counts"
                + rows
                + " AND (target_seq, emoji, user_id) IN ?");
    this.selectAfter =
        tables.prepare(
            "SELECT emoji, user_id, present, seq"
                + rows
                + " AND target_seq = ? AND (emoji, user_id) > (?, ?) LIMIT ?");
  }

  @Override
  public void write(
      ConversationId conversation,
      long target,
      long seq,
      List<ReactionChange> changes,
      List<Tally> tallies) {
    long stretch = target / STRETCH;
    BatchStatementBuilder batch = BatchStatement.builder(BatchType.UNLOGGED).setIdempotence(true);
    for (ReactionChange change : changes) {
      batch.addStatement(
          insert.bind(
              conversation.value(),
              stretch,
              target,
              change.emoji(),
              change.userId().value(),
              change.added(),
              seq,
              seq));
    }
    batch.addStatement(
        insertCounts.bind(
            conversation.value(),
            stretch,
            target,
            NOBODY.value(),
            json.writeValueAsString(tallies),
            seq,
            seq));
    tables.execute(batch.build());
  }

  @Override
  public ReactionState state(
      ConversationId conversation, long target, Collection<Reaction> reactions) {
    List<TupleValue> keys = new ArrayList<>();
    keys.add(key(target, "", NOBODY));
    reactions.forEach(reaction -> keys.add(key(target, reaction.emoji(), reaction.user())));
    long version = 0;
    List<Tally> tallies = List.of();
    Set<Reaction> present = new HashSet<>();
    for (Row row : tables.execute(select.bind(conversation.value(), target / STRETCH, keys))) {
      Reaction reaction = reaction(row);
      if (reaction.emoji().isEmpty()) {
        version = row.getLong("seq");
        tallies = tallies(row);
      } else if (row.getBoolean("present")) {
        present.add(reaction);
      }
    }
    return new ReactionState(version, tallies, present);
  }

  @Override
  public Map<Long, ReactionState> states(
      ConversationId conversation, Collection<Long> targets, UserId user) {
    Map<Long, Row> counts = new HashMap<>();
    List<TupleValue> own = new ArrayList<>();
    for (Row row :
        rows(conversation, targets.stream().map(target -> key(target, "", NOBODY)).toList())) {
      counts.put(row.getLong("target_seq"), row);
      tallies(row).forEach(tally -> own.add(key(row.getLong("target_seq"), tally.emoji(), user)));
    }
    Map<Long, Set<Reaction>> present = new HashMap<>();
    for (Row row : rows(conversation, own)) {
      if (row.getBoolean("present")) {
        present
            .computeIfAbsent(row.getLong("target_seq"), target -> new HashSet<>())
            .add(reaction(row));
      }
    }
    Map<Long, ReactionState> states = new HashMap<>();
    counts.forEach(
        (target, row) ->
            states.put(
                target,
                new ReactionState(
                    row.getLong("seq"), tallies(row), present.getOrDefault(target, Set.of()))));
    return states;
  }

  /** Of each stretch at once. */
  private List<Row> rows(ConversationId conversation, List<TupleValue> keys) {
    Map<Long, List<TupleValue>> stretches = new TreeMap<>();
    for (TupleValue key : keys) {
      stretches.computeIfAbsent(key.getLong(0) / STRETCH, stretch -> new ArrayList<>()).add(key);
    }
    List<CompletableFuture<AsyncResultSet>> answers = new ArrayList<>();
    stretches.forEach(
        (stretch, all) -> {
          for (int from = 0; from < all.size(); from += NAMED) {
            List<TupleValue> some = all.subList(from, Math.min(from + NAMED, all.size()));
            answers.add(tables.start(select.bind(conversation.value(), stretch, some)));
          }
        });
    List<Row> rows = new ArrayList<>();
    // NAMED rows are within the driver's page.
    answers.forEach(answer -> CassandraTables.answer(answer).currentPage().forEach(rows::add));
    return rows;
  }

  @Override
  public List<Stored> after(ConversationId conversation, long target, Reaction after, int limit) {
    List<Stored> stored = new ArrayList<>();
    for (Row row :
        tables.execute(
            selectAfter.bind(
                conversation.value(),
                target / STRETCH,
                target,
                after.emoji(),
                after.user().value(),
                limit))) {
      stored.add(new Stored(reaction(row), row.getBoolean("present"), row.getLong("seq")));
    }
    return stored;
  }

  private static TupleValue key(long target, String emoji, UserId user) {
    return KEY.newValue(target, emoji, user.value());
  }

  private static Reaction reaction(Row row) {
    return new Reaction(
        Objects.requireNonNull(row.getString("emoji")),
        new UserId(Objects.requireNonNull(row.getUuid("user_id"))));
  }

  private List<Tally> tallies(Row row) {
    return List.of(json.readValue(row.getString("counts"), Tally[].class));
  }
}
