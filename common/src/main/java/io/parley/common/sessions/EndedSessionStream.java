package io.parley.common.sessions;

import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.sync.RedisStreamCommands;
import io.parley.common.ids.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * {@code sessions:ended}, a Redis stream: one entry for each session that was ended, added by
 * user-service, read by all that serve users. Entries older than {@link #KEPT} are trimmed with
 * each addition; no access token lives that long.
 */
public final class EndedSessionStream {

  public static final String KEY = "sessions:ended";

  /** Longer than any access token lives. */
  public static final Duration KEPT = Duration.ofHours(1);

  private static final String SESSION = "session";
  private static final String USER = "user";
  private static final String AT = "at";

  private EndedSessionStream() {}

  /** Returns once Redis has it. */
  public static void add(
      RedisStreamCommands<String, String> redis, EndedSession ended, Instant now) {
    redis.xadd(
        KEY,
        XAddArgs.Builder.minId(now.minus(KEPT).toEpochMilli() + "-0").approximateTrimming(),
        Map.of(
            SESSION, ended.sessionId().toString(),
            USER, ended.userId().toString(),
            AT, ended.at().toString()));
  }

  /**
   * @throws RuntimeException when an entry is not one of ours
   */
  static EndedSession of(Map<String, String> entry) {
    return new EndedSession(
        UUID.fromString(field(entry, SESSION)),
        UserId.valueOf(field(entry, USER)),
        Instant.parse(field(entry, AT)));
  }

  private static String field(Map<String, String> entry, String name) {
    String value = entry.get(name);
    if (value == null) {
      throw new IllegalArgumentException("an entry of " + KEY + " lacks " + name);
    }
    return value;
  }
}
