package io.parley.message.conversation;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a message stands in a list over all conversations, the newest time first; as a string it is
 * the cursor of such a list.
 *
 * @param at the time by which the list is sorted
 */
public record MessagePlace(Instant at, ConversationId conversation, long seq)
    implements Comparable<MessagePlace> {

  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{1,15})_(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})_(\\d{1,18})");
  private static final Comparator<MessagePlace> ORDER =
      Comparator.comparing(MessagePlace::at)
          .reversed()
          .thenComparing(place -> place.conversation().value())
          .thenComparing(MessagePlace::seq);

  /**
   * @param cursor as {@link #toString} made it
   * @throws ProblemException 400
   */
  public static MessagePlace of(String cursor) {
    Matcher matcher = FORM.matcher(cursor);
    if (!matcher.matches()) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "cursor: none that was given out");
    }
    return new MessagePlace(
        Instant.ofEpochMilli(Long.parseLong(matcher.group(1))),
        new ConversationId(UUID.fromString(matcher.group(2))),
        Long.parseLong(matcher.group(3)));
  }

  @Override
  public int compareTo(MessagePlace other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return at.toEpochMilli() + "_" + conversation + "_" + seq;
  }
}
