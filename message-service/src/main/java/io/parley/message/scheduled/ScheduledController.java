package io.parley.message.scheduled;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of messages that are sent later. */
@RestController
@Tag(name = "scheduled", description = "Messages that are sent later")
@RequestMapping("/api/v1")
class ScheduledController {

  /**
   * @param next pass as {@code cursor} for the next page; null on the last one
   */
  @Schema(name = "ScheduledPage")
  record Page(List<ScheduledView> items, @Nullable String next) {

    static Page of(Scheduling.Page page) {
      return new Page(
          page.items().stream().map(ScheduledView::of).toList(),
          page.next() == null ? null : page.next().toString());
    }
  }

  private final Scheduling scheduling;

  ScheduledController(Scheduling scheduling) {
    this.scheduling = scheduling;
  }

  @Operation(summary = "Send a message later; a repeat gets what became of the first")
  @Refuses({
    "not-a-member",
    "conversation-not-found",
    "client-message-id-reused",
    "too-many-scheduled"
  })
  @PostMapping("/conversations/{id}/scheduled")
  @RequiresScope(Scope.MESSAGES_WRITE)
  @ResponseStatus(HttpStatus.CREATED)
  ScheduledView schedule(
      Caller caller, @PathVariable ConversationId id, @RequestBody ScheduleMessage command) {
    return ScheduledView.of(scheduling.schedule(caller, id, command));
  }

  @Operation(summary = "The caller's scheduled messages of a conversation, by when they are due")
  @Refuses({"not-a-member", "conversation-not-found"})
  @GetMapping("/conversations/{id}/scheduled")
  @RequiresScope(Scope.MESSAGES_READ)
  Page ofConversation(
      Caller caller,
      @PathVariable ConversationId id,
      @RequestParam(defaultValue = "50") @Min(1) @Max(100) int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return Page.of(scheduling.page(caller, id, place(cursor), limit));
  }

  @Operation(summary = "All of the caller's scheduled messages, by when they are due")
  @GetMapping("/users/me/scheduled")
  @RequiresScope(Scope.MESSAGES_READ)
  Page all(
      Caller caller,
      @RequestParam(defaultValue = "50") @Min(1) @Max(100) int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return Page.of(scheduling.page(caller.id(), place(cursor), limit));
  }

  private static @Nullable ScheduledCursor place(@Nullable String cursor) {
    return cursor == null ? null : ScheduledCursor.of(cursor);
  }

  @Operation(summary = "Change what a scheduled message says, or when it is sent")
  @Refuses({"scheduled-message-not-found", "scheduled-message-sent"})
  @PatchMapping("/conversations/{id}/scheduled/{scheduledId}")
  @RequiresScope(Scope.MESSAGES_WRITE)
  ScheduledView change(
      Caller caller,
      @PathVariable ConversationId id,
      @PathVariable UUID scheduledId,
      @RequestBody ChangeScheduled change) {
    return ScheduledView.of(scheduling.change(caller, id, scheduledId, change));
  }

  @Operation(summary = "Cancel a scheduled message")
  @Refuses({"scheduled-message-not-found", "scheduled-message-sent"})
  @DeleteMapping("/conversations/{id}/scheduled/{scheduledId}")
  @RequiresScope(Scope.MESSAGES_WRITE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void cancel(Caller caller, @PathVariable ConversationId id, @PathVariable UUID scheduledId) {
    scheduling.cancel(caller, id, scheduledId);
  }

  @Operation(summary = "Send a scheduled message now; a repeat gets the result of the first")
  @Refuses({
    "not-a-member",
    "blocked",
    "forbidden",
    "muted",
    "scheduled-message-not-found",
    "client-message-id-reused",
    "conflict",
    "conversation-archived"
  })
  @PostMapping("/conversations/{id}/scheduled/{scheduledId}/send")
  @RequiresScope(Scope.MESSAGES_WRITE)
  ScheduledView sendNow(
      Caller caller, @PathVariable ConversationId id, @PathVariable UUID scheduledId) {
    return ScheduledView.of(scheduling.sendNow(caller, id, scheduledId));
  }
}
