package io.parley.group.links;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.RowId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A link, for those who may invite.
 *
 * @param token shown once, when the link is made
 */
record LinkView(
    RowId id,
    GroupId groupId,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String token,
    GroupRole role,
    boolean needsApproval,
    UserId createdBy,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Integer maxUses,
    int uses) {

  static LinkView of(Link link, @Nullable LinkToken token) {
    return new LinkView(
        link.id(),
        link.group(),
        token == null ? null : token.text(),
        link.role(),
        link.needsApproval(),
        link.createdBy(),
        link.createdAt(),
        link.expiresAt(),
        link.maxUses(),
        link.uses());
  }
}
