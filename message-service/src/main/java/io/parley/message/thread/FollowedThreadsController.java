package io.parley.message.thread;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.message.chat.EventView;
import io.parley.message.chat.EventViews;
import io.parley.message.conversation.MessagePlace;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of the threads that a user follows. */
@RestController
@Tag(name = "followedThreads", description = "The threads that the caller follows")
@RequestMapping("/api/v1/users/me/threads")
class FollowedThreadsController {

  /**
   * @param next pass as {@code cursor} for the next page; null on the last one
   */
  @Schema(name = "FollowedThreadPage")
  record Page(List<ThreadItem> items, @Nullable String next) {}

  private final FollowedThreads followed;
  private final EventViews views;

  FollowedThreadsController(FollowedThreads followed, EventViews views) {
    this.followed = followed;
    this.views = views;
  }

  @Operation(summary = "The threads that the caller follows, the newest reply first")
  @GetMapping
  @RequiresScope(Scope.MESSAGES_READ)
  Page threads(
      Caller caller,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(defaultValue = "20") @Min(1) @Max(50) int limit,
      @RequestParam(defaultValue = "false") boolean unread) {
    MessagePlace after = cursor == null ? null : MessagePlace.of(cursor);
    FollowedThreads.Page page = followed.page(caller, after, limit, unread);
    return new Page(
        page.items().stream().map(item -> view(caller, item)).toList(),
        page.next() == null ? null : page.next().toString());
  }

  private ThreadItem view(Caller caller, FollowedThreads.Item item) {
    List<EventView> shown = views.of(caller.id(), item.messages());
    Map<Long, EventView> messages = new HashMap<>();
    for (int i = 0; i < shown.size(); i++) {
      messages.put(item.messages().get(i).seq(), shown.get(i));
    }
    return ThreadItem.of(item.conversation(), item.thread(), messages);
  }
}
