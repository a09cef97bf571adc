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

  /** How often {@link #due} is to be asked: a heart-beat may be so much early, and never late. */
  static final long LOOK_MILLIS = 250;

  private static final Pattern HEADER = Pattern.compile("(\\d{1,18})\\s*,\\s*(\\d{1,18})");
  private static final long MAX_MILLIS = 60_000;
  private static final long PING_EVERY_NANOS = 1_000_000_000;

  private final long usualNanos;
  private final long shortestMillis;
  private volatile long readNanos = System.nanoTime();
  private volatile long sentNanos = readNanos;
  private volatile boolean handling;
  private long pingedNanos = readNanos;

  /** Nanoseconds; 0: the client did not ask for or promise any. */
  private volatile long sendEvery;

  private volatile long expectEvery;

  HeartBeats(SocketProperties properties) {
    this.usualNanos = properties.heartbeat().toNanos();
    this.shortestMillis = properties.shortestHeartbeat().toMillis();
  }

  /**
   * While a frame is handled nothing more is read from its client: it may have sent what it
   * promised all the same.
   */
  void handling(boolean handling) {
    received();
    this.handling = handling;
  }

  void received() {
    readNanos = System.nanoTime();
  }

  long heardNanos() {
    return readNanos;
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
    return shortestMillis + "," + shortestMillis;
  }

  private long interval(String asked) {
    long millis = Math.min(MAX_MILLIS, Long.parseLong(asked));
    return millis == 0 ? 0 : Math.max(millis, shortestMillis) * 1_000_000;
  }

  Due due(long now) {
    long expect = expected();
    long silence = handling ? 0 : now - readNanos;
    if (silence > 3 * expect) {
      return Due.END;
    }
    if (expectEvery == 0 && silence > expect && now - pingedNanos > PING_EVERY_NANOS) {
      // No heart-beat was promised: a pong shows as well that somebody is there.
      pingedNanos = now;
      return Due.PING;
    }
    if (sendEvery > 0 && now - sentNanos > sendEvery - LOOK_MILLIS * 1_000_000) {
      return Due.BEAT;
    }
    return Due.NOTHING;
  }
}
