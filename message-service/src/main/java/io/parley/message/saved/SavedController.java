package io.parley.message.saved;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.parley.message.chat.EventShape;
import io.parley.message.conversation.MessagePlace;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Instant;
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

/** REST edge of saved messages. */
@RestController
@Tag(name = "saved", description = "Messages that the caller has saved")
@RequestMapping("/api/v1/users/me/saved")
class SavedController {

  /**
   * @param note up to 500 UTF-16 units; empty: none; absent: the one that it has
   */
  record Save(@Nullable String note) {}

  /**
   * @param message as history shows it now
   * @param unavailable true when the caller may not see the message any more; else absent
   */
  @Schema(name = "SavedItem")
  @JsonPropertyOrder({"conversationId", "seq", "savedAt", "note", "message", "unavailable"})
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Item(
      ConversationId conversationId,
      long seq,
      Instant savedAt,
      @Nullable String note,
      @Schema(implementation = EventShape.class) @JsonRawValue @Nullable String message,
      @Nullable Boolean unavailable) {

    static Item of(SavedMessages.Item item) {
      SavedMessage saved = item.saved();
      return new Item(
          saved.conversationId(),
          saved.seq(),
          saved.savedAt(),
          saved.note(),
          item.message() == null ? null : item.message().toJson(),
          item.message() == null ? true : null);
    }
  }

  /**
   * @param next pass as {@code cursor} for the next page; null on the last one
   */
  @Schema(name = "SavedPage")
  record Page(List<Item> items, @Nullable String next) {}

  private final SavedMessages saved;

  SavedController(SavedMessages saved) {
    this.saved = saved;
  }

  @Operation(summary = "The caller's saved messages, the newest saved first")
  @GetMapping
  @RequiresScope(Scope.MESSAGES_READ)
  Page all(
      Caller caller,
      @RequestParam(defaultValue = "50") @Min(1) @Max(100) int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    MessagePlace after = cursor == null ? null : MessagePlace.of(cursor);
    SavedMessages.Page page = saved.page(caller.id(), after, limit);
    return new Page(
        page.items().stream().map(Item::of).toList(),
        page.next() == null ? null : page.next().toString());
  }

  @Operation(summary = "Save a message, with a note")
  @Refuses({"not-a-member", "conversation-not-found", "message-not-found", "too-many-saved"})
  @PutMapping("/{conversationId}/{seq}")
  @RequiresScope(Scope.MESSAGES_WRITE)
  SavedMessage save(
      Caller caller,
      @PathVariable ConversationId conversationId,
      @PathVariable long seq,
      @RequestBody(required = false) @Nullable Save command) {
    return saved.save(caller, conversationId, seq, command == null ? null : command.note());
  }

  @Operation(summary = "Save a message no longer")
  @DeleteMapping("/{conversationId}/{seq}")
  @RequiresScope(Scope.MESSAGES_WRITE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void remove(Caller caller, @PathVariable ConversationId conversationId, @PathVariable long seq) {
    saved.remove(caller, conversationId, seq);
  }
}
