package io.parley.message.inbox;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.UserId;
import io.parley.common.problems.Refuses;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Membership;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of conversations. */
@RestController
@Tag(name = "inbox", description = "The caller's conversations")
@RequestMapping("/api/v1/conversations")
class InboxController {

  record OpenDirect(@NotNull UserId userId) {}

  /**
   * @param next pass as {@code cursor} for the next page; null on the last one
   */
  @Schema(name = "Inbox")
  record Page(List<Inbox.Item> items, @Nullable String next) {}

  private final Conversations conversations;
  private final Inbox inbox;

  InboxController(Conversations conversations, Inbox inbox) {
    this.conversations = conversations;
    this.inbox = inbox;
  }

  @Operation(
      summary = "The conversation with a user, made if there is none; with oneself: for notes")
  @Refuses({"blocked", "unknown-user"})
  @PostMapping("/direct")
  @RequiresScope(Scope.MESSAGES_WRITE)
  Inbox.Item direct(Caller caller, @Valid @RequestBody OpenDirect command) {
    Membership membership = conversations.direct(caller.id(), command.userId());
    return inbox.item(membership);
  }

  @Operation(summary = "The caller's conversations, the liveliest first")
  @GetMapping
  @RequiresScope(Scope.MESSAGES_READ)
  Page inbox(
      Caller caller,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    InboxOrder.Place after = cursor == null ? null : InboxOrder.Place.of(cursor);
    Inbox.Page page = inbox.page(caller.id(), after, limit);
    return new Page(page.items(), page.next() == null ? null : page.next().toString());
  }
}
