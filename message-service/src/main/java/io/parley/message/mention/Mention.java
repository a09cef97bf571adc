package io.parley.message.mention;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.parley.common.ids.UserId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a text that mentions somebody, the {@code @} included.
 *
 * @param userId the one who is mentioned; null when all are
 * @param all who is meant where no single user is
 * @param start of the {@code @}, in UTF-16 units
 * @param length in UTF-16 units
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Mention(@Nullable UserId userId, @Nullable All all, int start, int length) {

  /** More than one user at once. */
  public enum All {
    /** All members. */
    EVERYONE,
    /** All members who are there just now. */
    HERE;

    /** The word on the wire, and in a text behind the {@code @}. */
    @JsonValue
    public String value() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException for another word
     */
    @JsonCreator
    public static All of(String value) {
      All all = find(value);
      if (all == null) {
        throw new IllegalArgumentException("means nobody: " + value);
      }
      return all;
    }

    static @Nullable All find(String name) {
      for (All all : values()) {
        if (all.value().equals(name)) {
          return all;
        }
      }
      return null;
    }
  }
}
