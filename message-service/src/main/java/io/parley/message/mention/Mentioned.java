package io.parley.message.mention;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.UserId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom a message mentions: the last members of its payload, if there are any.
 *
 * @param mentions in the order of the text
 * @param mentionsAll the widest of those that mean more than one; null when none does
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonPropertyOrder({"mentions", "mentionsAll"})
public record Mentioned(
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Mention> mentions,
    @JsonInclude(JsonInclude.Include.NON_NULL) Mention.@Nullable All mentionsAll) {

  /** How this begins in a payload. A text can not hold it: there the quotation mark is escaped. */
  private static final String START = ",\"mentions\":";

  public static final Mentioned NOBODY = new Mentioned(List.of(), null);

  public Mentioned(
      @JsonProperty("mentions") @Nullable List<Mention> mentions,
      @JsonProperty("mentionsAll") Mention.@Nullable All mentionsAll) {
    this.mentions = mentions == null ? List.of() : mentions;
    this.mentionsAll = mentionsAll;
  }

  static Mentioned of(List<Mention> mentions) {
    Mention.All widest = null;
    for (Mention mention : mentions) {
      Mention.All all = mention.all();
      if (all != null && (widest == null || all.compareTo(widest) < 0)) {
        widest = all;
      }
    }
    return mentions.isEmpty() ? NOBODY : new Mentioned(List.copyOf(mentions), widest);
  }

  /** Whether a message's payload has any. */
  static boolean isIn(String payload) {
    return payload.contains(START);
  }

  /** A message's payload without them: what its author said. */
  public static String without(String payload) {
    int start = payload.indexOf(START);
    return start < 0 ? payload : payload.substring(0, start) + "}";
  }

  /** Those who are mentioned by name. */
  public Set<UserId> users() {
    Set<UserId> users = new LinkedHashSet<>();
    for (Mention mention : mentions) {
      if (mention.userId() != null) {
        users.add(mention.userId());
      }
    }
    return users;
  }
}
