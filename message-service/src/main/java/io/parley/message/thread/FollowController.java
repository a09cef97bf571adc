package io.parley.message.thread;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.parley.message.chat.MarkRead;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of following threads. */
@RestController
@Tag(name = "follow", description = "Following threads, and how far one has read them")
@RequestMapping("/api/v1/conversations/{id}/messages/{seq}/thread")
class FollowController {

  private final Following following;

  FollowController(Following following) {
    this.following = following;
  }

  @Operation(summary = "Follow a thread")
  @Refuses({"not-a-member", "conversation-not-found", "message-not-found", "too-many-followed"})
  @PutMapping("/follow")
  @RequiresScope(Scope.MESSAGES_WRITE)
  ThreadState follow(Caller caller, @PathVariable ConversationId id, @PathVariable long seq) {
    return following.follow(caller, id, seq);
  }

  @Operation(summary = "Follow a thread no longer")
  @Refuses({"not-a-member", "conversation-not-found", "message-not-found"})
  @DeleteMapping("/follow")
  @RequiresScope(Scope.MESSAGES_WRITE)
  ThreadState unfollow(Caller caller, @PathVariable ConversationId id, @PathVariable long seq) {
    return following.unfollow(caller, id, seq);
  }

  @Operation(summary = "Move the read marker of a followed thread forward")
  @Refuses({"not-a-member", "conversation-not-found", "message-not-found"})
  @PutMapping("/read")
  @RequiresScope(Scope.MESSAGES_READ)
  ThreadState read(
      Caller caller,
      @PathVariable ConversationId id,
      @PathVariable long seq,
      @RequestBody MarkRead command) {
    return following.markRead(caller, id, seq, command);
  }

  @Operation(summary = "Move the read marker of a followed thread back: unread from this on")
  @Refuses({"not-a-member", "conversation-not-found", "message-not-found"})
  @PutMapping("/unread")
  @RequiresScope(Scope.MESSAGES_READ)
  ThreadState unread(
      Caller caller,
      @PathVariable ConversationId id,
      @PathVariable long seq,
      @RequestBody MarkRead command) {
    return following.markUnread(caller, id, seq, command);
  }
}
