package io.parley.message.drafts;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of drafts. */
@RestController
@Tag(
    name = "draft",
    description = "Drafts: what the caller has not sent yet, on all of their devices")
@RequestMapping("/api/v1")
class DraftController {

  /**
   * @param next pass as {@code cursor} for the next page; null on the last one
   */
  @Schema(name = "DraftPage")
  record Page(List<Draft> items, @Nullable ConversationId next) {}

  private final Drafts drafts;

  DraftController(Drafts drafts) {
    this.drafts = drafts;
  }

  @Operation(summary = "The caller's draft in a conversation")
  @Refuses({"not-a-member", "conversation-not-found"})
  @GetMapping("/conversations/{id}/draft")
  @RequiresScope(Scope.MESSAGES_READ)
  Draft get(Caller caller, @PathVariable ConversationId id) {
    return drafts.get(caller, id);
  }

  @Operation(summary = "Store a draft for all of the caller's devices; an empty one clears it")
  @Refuses({"not-a-member", "conversation-not-found"})
  @PutMapping("/conversations/{id}/draft")
  @RequiresScope(Scope.MESSAGES_WRITE)
  Draft write(
      Caller caller, @PathVariable ConversationId id, @Valid @RequestBody WriteDraft command) {
    return drafts.write(caller, id, command);
  }

  @Operation(summary = "Clear the caller's draft")
  @Refuses({"not-a-member", "conversation-not-found"})
  @DeleteMapping("/conversations/{id}/draft")
  @RequiresScope(Scope.MESSAGES_WRITE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void clear(Caller caller, @PathVariable ConversationId id) {
    drafts.clear(caller, id);
  }

  @Operation(summary = "All of the caller's drafts, by conversation")
  @GetMapping("/users/me/drafts")
  @RequiresScope(Scope.MESSAGES_READ)
  Page all(
      Caller caller,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Nullable ConversationId cursor) {
    Drafts.Page page = drafts.page(caller.id(), cursor, limit);
    return new Page(page.items(), page.next());
  }
}
