package io.parley.message.settings;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.MemberSettings;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is to be changed. A member that is absent stays as it is, while null is a value; so this is
 * no record: a setter is called for what the JSON has, and for nothing else.
 */
@Schema(description = "Members that are absent stay as they are")
final class ChangeSettings {

  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");
  private static final int MAX_ORDER = 1_000_000;

  private @Nullable Instant mutedUntil;
  private @Nullable Boolean archived;
  private @Nullable Boolean pinned;
  private boolean ordered;
  private @Nullable Integer order;
  private @Nullable Boolean markedUnread;

  /**
   * @param until null: not muted
   */
  @JsonProperty
  @Schema(
      types = {"string", "null"},
      format = "date-time",
      description = "null: not muted")
  void setMutedUntil(@Nullable Instant until) {
    mutedUntil = until == null ? Instant.EPOCH : until;
  }

  @JsonProperty
  void setArchived(boolean changed) {
    archived = changed;
  }

  @JsonProperty
  void setPinned(boolean changed) {
    pinned = changed;
  }

  /**
   * @param place null: none among the pinned
   */
  @JsonProperty
  @Schema(
      types = {"integer", "null"},
      minimum = "0",
      maximum = "1000000")
  void setOrder(@Nullable Integer place) {
    ordered = true;
    order = place;
  }

  @JsonProperty
  void setMarkedUnread(boolean changed) {
    markedUnread = changed;
  }

  /**
   * @throws ProblemException 400 {@code invalid-request}
   */
  void check() {
    if (mutedUntil != null && (mutedUntil.isAfter(LAST) || mutedUntil.isBefore(Instant.EPOCH))) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "mutedUntil: must be between 1970 and 9999");
    }
    if (order != null && (order < 0 || order > MAX_ORDER)) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "order: must be between 0 and " + MAX_ORDER);
    }
  }

  /** {@link Instant#EPOCH}: not muted; null: as it is. */
  @Nullable Instant mutedUntil() {
    return mutedUntil;
  }

  @Nullable Boolean archived() {
    return archived;
  }

  @Nullable Boolean pinned() {
    return pinned;
  }

  /** {@link MemberSettings#NOT}: none; null: as it is. */
  @Nullable Integer order() {
    if (!ordered) {
      return null;
    }
    return order == null ? Integer.valueOf(MemberSettings.NOT) : order;
  }

  @Nullable Boolean markedUnread() {
    return markedUnread;
  }
}
