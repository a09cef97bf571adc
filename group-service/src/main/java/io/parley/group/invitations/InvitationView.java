package io.parley.group.invitations;

import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.RowId;
import java.time.Instant;

/** An invitation, for who is invited and for those who may invite. */
record InvitationView(
    RowId id,
    GroupId groupId,
    String groupName,
    UserId userId,
    GroupRole role,
    UserId invitedBy,
    Instant createdAt,
    Instant expiresAt) {

  static InvitationView of(Invitation invitation, String groupName) {
    return new InvitationView(
        invitation.id(),
        invitation.group(),
        groupName,
        invitation.user(),
        invitation.role(),
        invitation.invitedBy(),
        invitation.createdAt(),
        invitation.expiresAt());
  }
}
