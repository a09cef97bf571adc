package io.parley.notification.fakefcm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the stand-in was told to do with pushes, on top of what their tokens ask for. */
final class Rules {

  private static final int LONGEST_DELAY_MILLIS = 600_000;
  private static final long MINUTE_NANOS = 60_000_000_000L;

  /**
   * @param to a token, or its beginning followed by {@code *}; null: any
   * @param status null: as usual
   * @param times for so many pushes only; negative: for all
   * @param perMinute more within a minute are answered 429; negative: no limit
   */
  record Rule(
      @Nullable String to,
      @Nullable Integer status,
      int retryAfterSeconds,
      int delayMillis,
      int times,
      int perMinute) {

    private boolean meets(String token) {
      return to == null
          || (to.endsWith("*")
              ? token.startsWith(to.substring(0, to.length() - 1))
              : token.equals(to));
    }

    Map<String, @Nullable Object> view() {
      Map<String, @Nullable Object> view = new LinkedHashMap<>();
      view.put("token", to);
      view.put("status", status);
      view.put("retryAfter", retryAfterSeconds);
      view.put("delayMillis", delayMillis);
      view.put("times", times < 0 ? null : times);
      view.put("perMinute", perMinute < 0 ? null : perMinute);
      return view;
    }
  }

  /**
   * @param status null: it is taken
   */
  record Verdict(@Nullable Integer status, int retryAfterSeconds, int delayMillis) {

    private static final Verdict NONE = new Verdict(null, 0, 0);
  }

  private static final class Active {

    private final Rule rule;
    private int left;
    private long minute = System.nanoTime();
    private int inMinute;

    Active(Rule rule) {
      this.rule = rule;
      this.left = rule.times();
    }

    private Verdict apply() {
      if (left > 0) {
        left--;
      }
      if (rule.perMinute() >= 0) {
        long now = System.nanoTime();
        if (now - minute >= MINUTE_NANOS) {
          minute = now;
          inMinute = 0;
        }
        if (++inMinute > rule.perMinute()) {
          int wait = (int) Math.max(1, (MINUTE_NANOS - (now - minute)) / 1_000_000_000L);
          return new Verdict(429, wait, rule.delayMillis());
        }
      }
      return new Verdict(rule.status(), rule.retryAfterSeconds(), rule.delayMillis());
    }
  }

  private final List<Active> active = new ArrayList<>();

  /**
   * @throws IllegalArgumentException when it is no rule
   */
  static Rule read(@Nullable Object json) {
    if (!(json instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("a rule is an object");
    }
    for (Object name : map.keySet()) {
      if (!List.of("token", "status", "retryAfter", "delayMillis", "times", "perMinute")
          .contains(String.valueOf(name))) {
        throw new IllegalArgumentException("a rule has no " + name);
      }
    }
    Object to = map.get("token");
    if (to != null && !(to instanceof String)) {
      throw new IllegalArgumentException("token is a text");
    }
    int status = number(map, "status", 0, 400, 599);
    return new Rule(
        (String) to,
        status == 0 ? null : status,
        number(map, "retryAfter", 0, 0, 86_400),
        number(map, "delayMillis", 0, 0, LONGEST_DELAY_MILLIS),
        number(map, "times", -1, 1, Integer.MAX_VALUE),
        number(map, "perMinute", -1, 0, Integer.MAX_VALUE));
  }

  private static int number(Map<?, ?> map, String name, int absent, int min, int max) {
    Object value = map.get(name);
    if (value == null) {
      return absent;
    }
    if (value instanceof Double number
        && number == Math.rint(number)
        && number >= min
        && number <= max) {
      return number.intValue();
    }
    throw new IllegalArgumentException(name + " is a whole number from " + min + " to " + max);
  }

  /** Before those that are there. */
  synchronized void add(Rule rule) {
    active.addFirst(new Active(rule));
  }

  synchronized List<Rule> list() {
    return active.stream().map(each -> each.rule).toList();
  }

  synchronized void clear() {
    active.clear();
  }

  /** The first that meets the token and is not used up decides. */
  synchronized Verdict apply(String token) {
    active.removeIf(each -> each.left == 0);
    for (Active each : active) {
      if (each.rule.meets(token)) {
        return each.apply();
      }
    }
    return Verdict.NONE;
  }
}
