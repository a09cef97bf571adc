package io.parley.message.thread;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.parley.message.chat.EventView;
import io.parley.message.chat.EventViews;
import io.parley.message.log.LogEvent;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of threads. */
@RestController
@RequestMapping("/api/v1/conversations/{id}")
class ThreadController {

  /**
   * @param root the message that the thread begins with; absent when it is from before the caller
   *     joined
   * @param replies those that were not deleted; 1000 stands for as many or more
   * @param lastReplySeq 0 when there is none
   * @param followed whether the caller follows it; if not, the next three are 0
   * @param readSeq what is behind it is unread
   * @param unread replies of others that were neither deleted nor hidden; 100 stands for as many or
   *     more
   * @param mentions those of them that mention the caller
   * @param items the replies, oldest first
   * @param next pass as {@code after}
   * @param more whether there may be more already
   */
  @Schema(name = "Thread")
  @JsonPropertyOrder({
    "threadRoot",
    "root",
    "replies",
    "lastReplySeq",
    "followed",
    "readSeq",
    "unread",
    "mentions",
    "items",
    "next",
    "more"
  })
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ThreadView(
      long threadRoot,
      @Nullable EventView root,
      int replies,
      long lastReplySeq,
      boolean followed,
      long readSeq,
      int unread,
      int mentions,
      List<EventView> items,
      long next,
      boolean more) {}

  /**
   * @param items may be fewer than asked for, also none, before the last page
   * @param next pass as {@code cursor} for the next page; null on the last one
   */
  @Schema(name = "ThreadPage")
  record Page(List<ThreadItem> items, @Nullable Long next) {}

  private final Threads threads;
  private final EventViews views;

  ThreadController(Threads threads, EventViews views) {
    this.threads = threads;
    this.views = views;
  }

  private Map<Long, EventView> bySeq(Caller caller, List<LogEvent> messages) {
    List<EventView> shown = views.of(caller.id(), messages);
    Map<Long, EventView> bySeq = new HashMap<>();
    for (int i = 0; i < messages.size(); i++) {
      bySeq.put(messages.get(i).seq(), shown.get(i));
    }
    return bySeq;
  }

  @Operation(summary = "A message and the replies to it, oldest first")
  @Refuses({"not-a-member", "conversation-not-found", "message-not-found"})
  @GetMapping("/messages/{seq}/thread")
  @RequiresScope(Scope.MESSAGES_READ)
  ThreadView thread(
      Caller caller,
      @PathVariable ConversationId id,
      @PathVariable long seq,
      @RequestParam(defaultValue = "0") @Min(0) long after,
      @RequestParam(defaultValue = "50") @Min(1) @Max(100) int limit) {
    Threads.Part part = threads.part(caller, id, seq, after, limit);
    Threads.Summary thread = part.thread();
    Map<Long, EventView> messages = bySeq(caller, part.messages());
    return new ThreadView(
        thread.root(),
        messages.get(thread.root()),
        thread.replies(),
        thread.lastReply(),
        thread.state().followed(),
        thread.state().readSeq(),
        thread.state().unread(),
        thread.state().mentions(),
        part.replies().stream().map(messages::get).filter(Objects::nonNull).toList(),
        part.next(),
        part.more());
  }

  @Operation(
      summary = "The threads of a conversation, or those that one follows, the newest reply first")
  @Refuses({"not-a-member", "conversation-not-found"})
  @GetMapping("/threads")
  @RequiresScope(Scope.MESSAGES_READ)
  Page threads(
      Caller caller,
      @PathVariable ConversationId id,
      @RequestParam(required = false) @Min(1) @Nullable Long cursor,
      @RequestParam(defaultValue = "20") @Min(1) @Max(50) int limit,
      @RequestParam(defaultValue = "false") boolean followed) {
    Threads.Page page =
        followed
            ? threads.followed(caller, id, cursor, limit)
            : threads.page(caller, id, cursor, limit);
    Map<Long, EventView> messages = bySeq(caller, page.messages());
    return new Page(
        page.threads().stream().map(thread -> ThreadItem.of(id, thread, messages)).toList(),
        page.next());
  }
}
