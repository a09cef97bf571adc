package io.parley.message.pin;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of pins. */
@RestController
@Tag(name = "pin", description = "Messages that are pinned in a conversation")
@RequestMapping("/api/v1/conversations/{id}/pins")
class PinController {

  /**
   * @param items the newest pin first
   */
  record PinnedMessages(List<PinnedMessage> items) {}

  private final Pinning pinning;

  PinController(Pinning pinning) {
    this.pinning = pinning;
  }

  @Operation(summary = "What is pinned, the newest pin first")
  @Refuses({"not-a-member", "conversation-not-found"})
  @GetMapping
  @RequiresScope(Scope.MESSAGES_READ)
  PinnedMessages pinned(Caller caller, @PathVariable ConversationId id) {
    return new PinnedMessages(pinning.pinned(caller, id));
  }

  @Operation(summary = "Pin a message")
  @Refuses({
    "not-a-member",
    "forbidden",
    "blocked",
    "muted",
    "conversation-not-found",
    "message-not-found",
    "conversation-archived",
    "too-many-pins"
  })
  @PutMapping("/{seq}")
  @RequiresScope(Scope.MESSAGES_WRITE)
  PinView pin(Caller caller, @PathVariable ConversationId id, @PathVariable long seq) {
    return pinning.pin(caller, id, seq, true);
  }

  @Operation(summary = "Unpin a message")
  @Refuses({
    "not-a-member",
    "forbidden",
    "blocked",
    "muted",
    "conversation-not-found",
    "message-not-found",
    "conversation-archived"
  })
  @DeleteMapping("/{seq}")
  @RequiresScope(Scope.MESSAGES_WRITE)
  PinView unpin(Caller caller, @PathVariable ConversationId id, @PathVariable long seq) {
    return pinning.pin(caller, id, seq, false);
  }
}
