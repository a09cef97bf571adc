package io.parley.message.scheduled;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A place in a list of scheduled messages: by when they are due. */
record ScheduledCursor(Instant at, UUID id) implements Comparable<ScheduledCursor> {

  private static final Pattern FORM =
      Pattern.compile("(\\d{1,15})_(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})");
  private static final Comparator<ScheduledCursor> ORDER =
      Comparator.comparing(ScheduledCursor::at).thenComparing(ScheduledCursor::id);

  /**
   * @param cursor as {@link #toString} made it
   * @throws ProblemException 400
   */
  static ScheduledCursor of(String cursor) {
    Matcher matcher = FORM.matcher(cursor);
    if (!matcher.matches()) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "cursor: none that was given out");
    }
    return new ScheduledCursor(
        Instant.ofEpochMilli(Long.parseLong(matcher.group(1))), UUID.fromString(matcher.group(2)));
  }

  @Override
  public int compareTo(ScheduledCursor other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return at.toEpochMilli() + "_" + id;
  }
}
