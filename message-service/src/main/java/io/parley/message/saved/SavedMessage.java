package io.parley.message.saved;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a user has put aside: where the message is, and what they noted with it.
 *
 * @param savedAt in milliseconds
 */
@JsonPropertyOrder({"conversationId", "seq", "savedAt", "note"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SavedMessage(
    ConversationId conversationId, long seq, Instant savedAt, @Nullable String note) {

  /** Where it stands in the list: newest saved first. */
  record Place(Instant savedAt, ConversationId conversation, long seq)
      implements Comparable<Place> {

    private static final Pattern FORM =
        Pattern.compile(
            "(\\d{1,15})_(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})_(\\d{1,18})");
    private static final Comparator<Place> ORDER =
        Comparator.comparing(Place::savedAt)
            .reversed()
            .thenComparing(place -> place.conversation().value())
            .thenComparing(Place::seq);

    /**
     * @param cursor as {@link #toString} made it
     * @throws ProblemException 400
     */
    static Place of(String cursor) {
      Matcher matcher = FORM.matcher(cursor);
      if (!matcher.matches()) {
        throw new ProblemException(
            CommonProblem.INVALID_REQUEST, "cursor: none that was given out");
      }
      return new Place(
          Instant.ofEpochMilli(Long.parseLong(matcher.group(1))),
          new ConversationId(UUID.fromString(matcher.group(2))),
          Long.parseLong(matcher.group(3)));
    }

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
      return savedAt.toEpochMilli() + "_" + conversation + "_" + seq;
    }
  }

  @JsonIgnore
  Place place() {
    return new Place(savedAt, conversationId, seq);
  }
}
