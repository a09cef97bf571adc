package io.parley.message.groups;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Member;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of a MEMBERS event that are its own: a wire contract with clients, and what nodes and
 * {@code JoinsInLog} go by.
 *
 * @param change what happened; {@link #REPAIRED} when that is not known any more
 * @param version of the group after it
 * @param history what those who were added see of the time before
 * @param policy only where it may have changed
 */
record MembersPayload(
    String change,
    String name,
    long version,
    boolean archived,
    List<UserId> added,
    List<UserId> removed,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Updated> updated,
    GroupPolicy.History history,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable GroupPolicy policy,
    UserId actorId) {

  static final String REPAIRED = "REPAIRED";

  /** A member who may do something else from now on. */
  record Updated(
      UserId userId,
      GroupRole role,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant mutedUntil,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<GroupPermission, Boolean> overrides) {

    static Updated of(Member member) {
      return new Updated(member.user(), member.role(), member.mutedUntil(), member.overrides());
    }
  }
}
