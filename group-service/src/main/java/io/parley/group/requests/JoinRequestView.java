package io.parley.group.requests;

import io.parley.common.ids.UserId;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.RowId;
import java.time.Instant;

/** A request to join, for who asks and for who decides. */
record JoinRequestView(
    RowId id,
    GroupId groupId,
    UserId userId,
    String text,
    JoinRequest.Status status,
    Instant createdAt) {

  static JoinRequestView of(JoinRequest request) {
    return new JoinRequestView(
        new RowId(request.id()),
        request.group(),
        request.user(),
        request.text(),
        request.status(),
        request.createdAt());
  }
}
