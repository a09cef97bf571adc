package io.parley.systemtests;

import io.parley.message.Http.Answer;
import io.parley.systemtests.RunningFleet.User;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * REST calls that do what docs/api/problems.md says: wait as long as a 503 says, and repeat. All
 * answers are counted; one that no client should have got is an error.
 */
final class RestCalls {

  private final Map<String, Integer> answers = new ConcurrentHashMap<>();
  private final Map<String, Integer> errors = new ConcurrentHashMap<>();
  private final AtomicInteger unconnected = new AtomicInteger();
  private volatile boolean running = true;

  Answer untilAnswered(User user, String method, String path, Object body)
      throws InterruptedException {
    String what = method + " " + path.replaceAll("\\?.*|/[0-9a-f]{8}-[^/?]*", "");
    while (true) {
      try {
        Answer answer = user.http().call(method, path, body);
        answers.merge(what + " " + answer.status(), 1, Integer::sum);
        if (answer.status() < 300) {
          return answer;
        }
        boolean mayRepeat =
            answer.status() == 503 && answer.response().headers().map().containsKey("retry-after");
        if (!mayRepeat) {
          errors.merge(
              what + " " + answer.status() + " " + answer.response().body(), 1, Integer::sum);
        }
      } catch (UncheckedIOException e) {
        // The gateway itself is away.
        unconnected.incrementAndGet();
      }
      if (!running) {
        throw new IllegalStateException("given up: " + what);
      }
      Thread.sleep(1_000);
    }
  }

  /** By call and status. */
  Map<String, Integer> answers() {
    return answers;
  }

  /** Answers other than success and a 503 with Retry-After. */
  Map<String, Integer> errors() {
    return errors;
  }

  /** How many times the gateway could not be connected to, or broke off. */
  int unconnected() {
    return unconnected.get();
  }

  void giveUp() {
    running = false;
  }
}
