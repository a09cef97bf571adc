package io.parley.message.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.log.LogEvent;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of what members do in a conversation. */
@RestController
@RequestMapping("/api/v1/conversations/{id}")
class ChatController {

  /**
   * @param seq the last event read
   * @param messageCount messages up to it
   */
  @Schema(name = "ReadMarker")
  record ReadMarkerView(long seq, long messageCount) {
    static ReadMarkerView of(ReadMarker marker) {
      return new ReadMarkerView(marker.seq(), marker.messageCount());
    }
  }

  /**
   * @param next pass as {@code before}; null when there is nothing older
   */
  record History(List<EventView> items, @Nullable Long next) {}

  /**
   * @param next pass as {@code after}; below what was asked for when the log ends before that
   * @param more whether there is more already
   * @param reset there only for who misses too much: forget the conversation and begin with this
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record CatchUp(List<EventView> items, long next, boolean more, @Nullable Reset reset) {}

  /**
   * @param items the newest messages, oldest first; whole up to {@code next}
   * @param before pass to history for what is older; null when there is nothing
   */
  record Reset(List<EventView> items, @Nullable Long before) {}

  private final Sending sending;
  private final Reading reading;
  private final Deleting deleting;
  private final Marks marks;
  private final Delivered delivered;
  private final EventViews views;

  ChatController(
      Sending sending,
      Reading reading,
      Deleting deleting,
      Marks marks,
      Delivered delivered,
      EventViews views) {
    this.sending = sending;
    this.reading = reading;
    this.deleting = deleting;
    this.marks = marks;
    this.delivered = delivered;
    this.views = views;
  }

  @Operation(summary = "Send a message; a repeat gets the result of the first")
  @Refuses({
    "not-a-member",
    "blocked",
    "forbidden",
    "muted",
    "conversation-not-found",
    "client-message-id-reused",
    "conversation-archived"
  })
  @PostMapping("/messages")
  @RequiresScope(Scope.MESSAGES_WRITE)
  @ResponseStatus(HttpStatus.CREATED)
  MessageSent send(
      Caller caller, @PathVariable ConversationId id, @RequestBody SendMessage command) {
    return sending.send(caller, id, command);
  }

  @Operation(summary = "Messages, newest first")
  @Refuses({"not-a-member", "conversation-not-found"})
  @GetMapping("/messages")
  @RequiresScope(Scope.MESSAGES_READ)
  History history(
      Caller caller,
      @PathVariable ConversationId id,
      @RequestParam(required = false) @Min(1) @Nullable Long before,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit) {
    List<LogEvent> messages = reading.history(caller, id, before, limit);
    return new History(
        views.of(caller.id(), messages),
        messages.size() < limit ? null : messages.get(messages.size() - 1).seq());
  }

  @Operation(summary = "One message as it is now")
  @ApiResponse(
      responseCode = "200",
      description = "The message",
      headers = @Header(name = "ETag", schema = @Schema(type = "string")))
  @Refuses({"not-a-member", "conversation-not-found", "message-not-found"})
  @GetMapping("/messages/{seq}")
  @RequiresScope(Scope.MESSAGES_READ)
  ResponseEntity<EventView> message(
      Caller caller, @PathVariable ConversationId id, @PathVariable long seq) {
    return views.tagged(caller.id(), reading.message(caller, id, seq));
  }

  /**
   * Deletes a message for everybody; answers with the event that says so, also a second time. Or
   * for the caller alone, with nothing to tell.
   */
  @Operation(summary = "Delete a message, for everybody or for oneself")
  @ApiResponse(
      responseCode = "200",
      description = "The event that says so",
      content =
          @Content(
              mediaType = "application/json",
              schema = @Schema(implementation = EventShape.class),
              examples =
                  @ExampleObject(
                      """
          {"type": "DELETED", "conversationId": "018f3c70-2b3c-7d4e-8f5a-6b7c8d9e0f1a",
           "seq": 57, "prev": 56, "at": "2026-03-01T09:40:00.001Z",
           "id": "9d2c4f10-7d3e-8b2a-9c4d-1e2f3a4b5c6d",
           "authorId": "018f3c6e-1a2b-7c3d-8e4f-5a6b7c8d9e0f", "targets": [41]}""")))
  @ApiResponse(
      responseCode = "204",
      description = "Hidden from the caller alone",
      content = @Content)
  @DeleteMapping("/messages/{seq}")
  @RequiresScope(Scope.MESSAGES_WRITE)
  @Refuses({"not-a-member", "forbidden", "conversation-not-found", "message-not-found"})
  ResponseEntity<EventView> delete(
      Caller caller,
      @PathVariable ConversationId id,
      @PathVariable long seq,
      @RequestParam(name = "for", required = false) @Pattern(regexp = "me|everybody")
          @Nullable String whom) {
    LogEvent event = deleting.delete(caller, id, seq, new DeleteMessage(whom));
    return event == null
        ? ResponseEntity.noContent().build()
        : ResponseEntity.ok(EventView.of(event));
  }

  @Operation(summary = "Everything behind an event, oldest first, without a gap")
  @Refuses({"not-a-member", "conversation-not-found"})
  @GetMapping("/events")
  @RequiresScope(Scope.MESSAGES_READ)
  CatchUp events(
      Caller caller,
      @PathVariable ConversationId id,
      @RequestParam(defaultValue = "0") @Min(0) long after,
      @RequestParam(defaultValue = "100") @Min(1) @Max(500) int limit,
      @RequestParam(defaultValue = "true") boolean reset) {
    Reading.CatchUp page = reading.catchUp(caller, id, after, limit, reset);
    List<LogEvent> newest = page.reset();
    return new CatchUp(
        views.of(caller.id(), page.events()),
        page.next(),
        page.more(),
        newest == null
            ? null
            : new Reset(
                views.of(caller.id(), newest), newest.isEmpty() ? null : newest.get(0).seq()));
  }

  @Operation(summary = "Move the read marker back: unread from this message on")
  @Refuses({"not-a-member", "conversation-not-found"})
  @PutMapping("/unread")
  @RequiresScope(Scope.MESSAGES_READ)
  ReadMarkerView unread(
      Caller caller, @PathVariable ConversationId id, @RequestBody MarkRead command) {
    return ReadMarkerView.of(marks.markUnread(caller, id, command));
  }

  @Operation(summary = "Move the read marker forward")
  @Refuses({"not-a-member", "conversation-not-found"})
  @PutMapping("/read")
  @RequiresScope(Scope.MESSAGES_READ)
  ReadMarkerView read(
      Caller caller, @PathVariable ConversationId id, @RequestBody MarkRead command) {
    return ReadMarkerView.of(marks.markRead(caller, id, command));
  }

  @Operation(summary = "Say how far this device has received")
  @Refuses({"not-a-member", "conversation-not-found"})
  @PutMapping("/delivered")
  @RequiresScope(Scope.MESSAGES_READ)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delivered(
      Caller caller, @PathVariable ConversationId id, @RequestBody MarkDelivered command) {
    delivered.mark(caller, id, command);
  }
}
