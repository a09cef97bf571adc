package io.parley.message.reaction;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of reactions. */
@RestController
@Tag(name = "reaction", description = "Reactions to messages")
@RequestMapping("/api/v1/conversations/{id}/messages/{seq}/reactions")
class ReactionController {

  private final Reacting reacting;

  ReactionController(Reacting reacting) {
    this.reacting = reacting;
  }

  @Operation(summary = "React to a message")
  @Refuses({
    "not-a-member",
    "forbidden",
    "blocked",
    "muted",
    "conversation-not-found",
    "message-not-found",
    "conversation-archived",
    "too-many-reactions"
  })
  @PutMapping("/{emoji}")
  @RequiresScope(Scope.MESSAGES_WRITE)
  ReactionView react(
      Caller caller,
      @PathVariable ConversationId id,
      @PathVariable long seq,
      @PathVariable String emoji) {
    return reacting.react(caller, id, seq, emoji, true);
  }

  @Operation(summary = "Take one's reaction back")
  @Refuses({
    "not-a-member",
    "forbidden",
    "blocked",
    "muted",
    "conversation-not-found",
    "message-not-found",
    "conversation-archived"
  })
  @DeleteMapping("/{emoji}")
  @RequiresScope(Scope.MESSAGES_WRITE)
  ReactionView takeBack(
      Caller caller,
      @PathVariable ConversationId id,
      @PathVariable long seq,
      @PathVariable String emoji) {
    return reacting.react(caller, id, seq, emoji, false);
  }

  @Operation(summary = "Who reacts to a message, by emoji")
  @Refuses({"not-a-member", "conversation-not-found", "message-not-found"})
  @GetMapping
  @RequiresScope(Scope.MESSAGES_READ)
  Reacting.Reactors reactors(
      Caller caller,
      @PathVariable ConversationId id,
      @PathVariable long seq,
      @RequestParam(required = false) @Nullable String emoji,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(defaultValue = "100") @Min(1) @Max(500) int limit) {
    return reacting.reactors(caller, id, seq, emoji, cursor, limit);
  }
}
