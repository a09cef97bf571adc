package io.parley.notification.decision;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Why the caller was notified, or was not; of nobody else. */
@RestController
@Tag(name = "decision", description = "Why the caller was notified of a message, or was not")
@RequestMapping("/api/v1/notifications/decisions")
@RequiresScope(Scope.NOTIFICATIONS_MANAGE)
class DecisionController {

  private final Notifications notifications;

  DecisionController(Notifications notifications) {
    this.notifications = notifications;
  }

  @GetMapping
  @Operation(summary = "Why the caller was notified of a message, or was not")
  @Refuses("not-found")
  DecisionView decision(
      Caller caller, @RequestParam ConversationId conversationId, @RequestParam long seq) {
    return notifications.decision(caller.id(), conversationId, seq);
  }
}
