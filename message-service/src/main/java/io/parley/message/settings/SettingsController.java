package io.parley.message.settings;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.parley.message.conversation.SettingsView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of a member's settings for a conversation. */
@RestController
@Tag(name = "settings", description = "What a member sets for a conversation, for themselves alone")
@RequestMapping("/api/v1/conversations/{id}/settings")
class SettingsController {

  private final ConversationSettings settings;

  SettingsController(ConversationSettings settings) {
    this.settings = settings;
  }

  @Operation(summary = "What the caller has set for a conversation")
  @Refuses({"not-a-member", "conversation-not-found"})
  @GetMapping
  @RequiresScope(Scope.MESSAGES_READ)
  SettingsView get(Caller caller, @PathVariable ConversationId id) {
    return settings.get(caller, id);
  }

  @Operation(summary = "Mute, archive, pin or mark a conversation as unread, for the caller alone")
  @Refuses({"not-a-member", "conversation-not-found"})
  @PatchMapping
  @RequiresScope(Scope.MESSAGES_WRITE)
  SettingsView change(
      Caller caller, @PathVariable ConversationId id, @RequestBody ChangeSettings command) {
    return settings.change(caller, id, command);
  }
}
