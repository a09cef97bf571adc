package io.parley.group.invitations;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.parley.group.roster.GroupId;

/** What using an invitation came to. */
record Outcome(GroupId groupId, Status status) {

  /** Where the user stands now. */
  enum Status {
    @JsonProperty("joined")
    JOINED,
    @JsonProperty("requested")
    REQUESTED,
    /** Was a member before: nothing was used up. */
    @JsonProperty("member")
    MEMBER
  }
}
