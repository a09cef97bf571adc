package io.parley.message.disappearing;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of how long messages stay. */
@RestController
@RequestMapping("/api/v1/conversations/{id}/disappearing")
class DisappearingController {

  private final Disappearing disappearing;

  DisappearingController(Disappearing disappearing) {
    this.disappearing = disappearing;
  }

  @Operation(summary = "How long messages stay in a conversation")
  @Refuses({"not-a-member", "conversation-not-found"})
  @GetMapping
  @RequiresScope(Scope.MESSAGES_READ)
  MessageLife get(Caller caller, @PathVariable ConversationId id) {
    return disappearing.get(caller, id);
  }

  @Operation(summary = "Have the messages of a direct conversation disappear, or stay")
  @Refuses({"not-a-member", "conversation-not-found", "forbidden", "blocked"})
  @PutMapping
  @RequiresScope(Scope.MESSAGES_WRITE)
  MessageLife set(
      Caller caller, @PathVariable ConversationId id, @RequestBody MessageLife command) {
    return disappearing.set(caller, id, command);
  }
}
