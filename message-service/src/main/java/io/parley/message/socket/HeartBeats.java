package io.parley.message.socket;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Both directions' heart-beats of one socket (STOMP 1.2, "Heart-beating"). */
final class HeartBeats {

  /** What is to be done now. */
  enum Due {
    NOTHING,
    BEAT,
    PING,
    END
  }

  private static final Pattern HEADER = Pattern.compile("(\\d{1,9}),(\\d{1,9})");
  private static final long MAX_MILLIS = 60_000;

  private final long usualNanos;
  private volatile long readNanos = System.nanoTime();
  private volatile long sentNanos = readNanos;

  /** Nanoseconds; 0: the client did not ask for or promise any. */
  private volatile long sendEvery;

  private volatile long expectEvery;

  HeartBeats(SocketProperties properties) {
    this.usualNanos = properties.heartbeat().toNanos();
  }

  void received() {
    readNanos = System.nanoTime();
  }

  long heardNanos() {
    return readNanos;
  }

  /** Whether the client has said nothing for longer than it promised. */
  boolean isOverdue(long now) {
    return now - readNanos > expected();
  }

  private long expected() {
    return expectEvery == 0 ? 2 * usualNanos : expectEvery;
  }

  void sent() {
    sentNanos = System.nanoTime();
  }

  /**
   * Takes the client's {@code heart-beat}: what it can send and what it wants to get, in ms, 0 for
   * none.
   *
   * @return the header's value in the answer
   * @throws ProblemException 400 {@code invalid-request}
   */
  String agree(@Nullable String header) {
    if (header != null) {
      Matcher matcher = HEADER.matcher(header);
      if (!matcher.matches()) {
        throw new ProblemException(
            CommonProblem.INVALID_REQUEST,
            "heart-beat must be two numbers of ms, like 10000,10000");
      }
      expectEvery = interval(matcher.group(1));
      sendEvery = interval(matcher.group(2));
    }
    long usualMillis = usualNanos / 1_000_000;
    return usualMillis + "," + usualMillis;
  }

  private long interval(String asked) {
    long millis = Math.min(MAX_MILLIS, Long.parseLong(asked));
    return millis == 0 ? 0 : Math.max(millis * 1_000_000, usualNanos);
  }

  Due due(long now) {
    long expect = expected();
    if (now - readNanos > 3 * expect) {
      return Due.END;
    }
    if (expectEvery == 0 && now - readNanos > expect) {
      // No heart-beat was promised: a pong shows as well that somebody is there.
      return Due.PING;
    }
    if (sendEvery > 0 && now - sentNanos > sendEvery - usualNanos / 5) {
      return Due.BEAT;
    }
    return Due.NOTHING;
  }
}
