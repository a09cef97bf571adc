package io.parley.group.invitations;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.parley.group.roster.GroupId;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** What using an invitation or a link came to. */
public record Outcome(GroupId groupId, Status status) {

  /** Where the user stands now. */
  public enum Status {
    @JsonProperty("joined")
    JOINED,
    @JsonProperty("requested")
    REQUESTED,
    /** Was a member before: nothing was used up. */
    @JsonProperty("member")
    MEMBER
  }

  /** 201, 202 or 200. */
  public ResponseEntity<Outcome> answer() {
    HttpStatus code =
        switch (status) {
          case JOINED -> HttpStatus.CREATED;
          case REQUESTED -> HttpStatus.ACCEPTED;
          case MEMBER -> HttpStatus.OK;
        };
    return ResponseEntity.status(code).body(this);
  }
}
