package io.parley.message.edit;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.parley.message.chat.EventView;
import io.parley.message.chat.EventViews;
import io.parley.message.log.LogEvent;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of edits. */
@RestController
@Tag(name = "edit", description = "Changing what a message says, and what it said before")
@RequestMapping("/api/v1/conversations/{id}/messages/{seq}")
class EditController {

  /**
   * @param items the first version first; the last one is what the message says now
   */
  record Versions(List<Editing.Version> items) {}

  private final Editing editing;
  private final EventViews views;

  EditController(Editing editing, EventViews views) {
    this.editing = editing;
    this.views = views;
  }

  /** With {@code If-Match} only when nobody has edited the message since it was read. */
  @Operation(summary = "Edit one's own message")
  @ApiResponse(
      responseCode = "200",
      description = "The message as it is now",
      headers = @Header(name = "ETag", schema = @Schema(type = "string")))
  @Refuses({
    "not-a-member",
    "forbidden",
    "blocked",
    "muted",
    "edit-too-late",
    "conversation-not-found",
    "message-not-found",
    "conversation-archived",
    "edited-meanwhile"
  })
  @PatchMapping
  @RequiresScope(Scope.MESSAGES_WRITE)
  ResponseEntity<EventView> edit(
      Caller caller,
      @PathVariable ConversationId id,
      @PathVariable long seq,
      @RequestBody EditMessage command,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch) {
    LogEvent message = editing.edit(caller, id, seq, command, ifMatch);
    return views.tagged(caller.id(), message);
  }

  @Operation(summary = "What a message has said before, for its author and moderators")
  @Refuses({"not-a-member", "forbidden", "conversation-not-found", "message-not-found"})
  @GetMapping("/versions")
  @RequiresScope(Scope.MESSAGES_READ)
  Versions versions(Caller caller, @PathVariable ConversationId id, @PathVariable long seq) {
    return new Versions(editing.versions(caller, id, seq));
  }
}
