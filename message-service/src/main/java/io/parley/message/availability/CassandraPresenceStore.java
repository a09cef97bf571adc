package io.parley.message.availability;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.UserId;
import io.parley.message.log.SealedTexts;
import io.parley.message.store.CassandraTables;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code presence_by_user}: PRIMARY KEY (user_id); serves looks at presence. What was chosen is
 * written whole, with an empty status for none, the status encrypted; {@code last_seen} by itself,
 * with its own time as its timestamp, so that an earlier one never comes after a later one. Nothing
 * is deleted but by an erasure, whose timestamp lies in the future: what a socket that is cut
 * writes behind it brings nothing back.
 */
@Component
class CassandraPresenceStore {

  /** A user's row. */
  record Stored(ChosenPresence chosen, @Nullable Instant lastSeen) {

    static final Stored NOTHING = new Stored(ChosenPresence.USUAL, null);

    /** Whether others see when the user is online. */
    boolean isShown() {
      return chosen.show() != Show.INVISIBLE;
    }
  }

  /** A status as it is sealed. */
  private record Words(String text, @Nullable String emoji) {}

  private static final Logger log = LoggerFactory.getLogger(CassandraPresenceStore.class);
  private static final String PLACE = "presence status";
  private static final Duration BEHIND_ERASURE = Duration.ofDays(1);
  private static final ByteBuffer NO_STATUS = ByteBuffer.allocate(0);

  private final CassandraTables tables;
  private final SealedTexts texts;
  private final JsonMapper json;
  private final PreparedStatement insertChosen;
  private final PreparedStatement insertLastSeen;
  private final PreparedStatement selectSome;
  private final PreparedStatement delete;

  CassandraPresenceStore(CassandraTables tables, SealedTexts texts, JsonMapper json) {
    this.tables = tables;
    this.texts = texts;
    this.json = json;
    this.insertChosen =
        tables.prepare(
            "INSERT INTO presence_by_user (user_id, show, status, status_until)"
                + " VALUES (?, ?, ?, ?)");
    this.insertLastSeen =
        tables.prepare(
            "INSERT INTO presence_by_user (user_id, last_seen) VALUES (?, ?) USING TIMESTAMP ?");
    this.selectSome =
        tables.prepare(
            "SELECT user_id, show, status, status_until, last_seen FROM presence_by_user"
                + " WHERE user_id IN ?");
    this.delete =
        tables.prepare("DELETE FROM presence_by_user USING TIMESTAMP ? WHERE user_id = ?");
  }

  void choose(UserId user, ChosenPresence chosen) {
    PresenceStatus status = chosen.status();
    Instant until = status == null || status.until() == null ? Instant.EPOCH : status.until();
    tables.execute(
        insertChosen.bind(user.value(), chosen.show().value(), sealed(user, status), until));
  }

  private ByteBuffer sealed(UserId user, @Nullable PresenceStatus status) {
    return status == null
        ? NO_STATUS
        : texts.seal(
            user, PLACE, json.writeValueAsString(new Words(status.text(), status.emoji())));
  }

  /**
   * When users were last online; to the minute.
   *
   * @throws io.parley.common.problems.ProblemException 503: some may be written
   */
  void seen(Map<UserId, Instant> times) {
    List<CompletableFuture<AsyncResultSet>> started = new ArrayList<>();
    times.forEach(
        (user, at) ->
            started.add(
                tables.start(
                    insertLastSeen.bind(
                        user.value(), at.truncatedTo(ChronoUnit.MINUTES), micros(at)))));
    started.forEach(CassandraTables::answer);
  }

  /**
   * In a few requests.
   *
   * @return a row for each, {@link Stored#NOTHING} for those without one
   * @throws io.parley.common.problems.ProblemException 503
   */
  Map<UserId, Stored> find(Collection<UserId> users) {
    Map<UserId, Stored> found = HashMap.newHashMap(users.size());
    users.forEach(user -> found.put(user, Stored.NOTHING));
    for (Row row : tables.rows(selectSome, users.stream().map(UserId::value).toList())) {
      UserId user = new UserId(Objects.requireNonNull(row.getUuid("user_id")));
      found.put(user, stored(user, row));
    }
    return found;
  }

  private Stored stored(UserId user, Row row) {
    String show = row.getString("show");
    return new Stored(
        show == null ? ChosenPresence.USUAL : new ChosenPresence(Show.of(show), status(user, row)),
        row.getInstant("last_seen"));
  }

  private @Nullable PresenceStatus status(UserId user, Row row) {
    ByteBuffer sealed = row.getByteBuffer("status");
    if (sealed == null || !sealed.hasRemaining()) {
      return null;
    }
    Words words;
    try {
      words = json.readValue(texts.open(user, PLACE, sealed), Words.class);
    } catch (IllegalStateException e) {
      // Its key is gone. The presence of all who were asked for is worth more.
      log.warn("the status of {} can not be read: {}", user, e.getMessage());
      return null;
    }
    Instant until = row.getInstant("status_until");
    return new PresenceStatus(
        words.text(), words.emoji(), Instant.EPOCH.equals(until) ? null : until);
  }

  void erase(UserId user, Instant now) {
    tables.execute(delete.bind(micros(now.plus(BEHIND_ERASURE)), user.value()));
  }

  private static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }
}
