package io.parley.group.links;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.problems.Refuses;
import io.parley.group.invitations.Outcome;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Invitation links, for those who have one. */
@RestController
@Tag(name = "links", description = "Invitation links, for those who have one")
@RequestMapping("/api/v1/invitations")
class LinksController {

  private final Links links;

  LinksController(Links links) {
    this.links = links;
  }

  /** What a link leads to, without using it. */
  @Operation(summary = "What an invitation link leads to")
  @PostMapping("/links/preview")
  @RequiresScope(Scope.GROUPS_READ)
  @Refuses({"banned", "not-found", "group-archived", "invitation-gone"})
  PreviewView preview(Caller caller, @Valid @RequestBody UseLink command) {
    return links.preview(caller.id(), command.linkToken());
  }

  /** Comes in by a link: 201; asks to, when the link needs approval: 202; was in before: 200. */
  @Operation(summary = "Use an invitation link")
  @ApiResponse(responseCode = "200", description = "Was a member")
  @ApiResponse(responseCode = "201", description = "Is a member")
  @ApiResponse(responseCode = "202", description = "Has asked to join: the link needs approval")
  @PostMapping("/links/redeem")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"banned", "not-found", "group-full", "group-archived", "invitation-gone"})
  ResponseEntity<Outcome> redeem(Caller caller, @Valid @RequestBody UseLink command) {
    return links.redeem(caller.id(), caller.username(), command.linkToken()).answer();
  }
}
