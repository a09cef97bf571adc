package io.parley.message.thread;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.ConversationId;
import io.parley.message.chat.EventView;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A thread in a list.
 *
 * @param root the message that the thread begins with; absent when it is from before the caller
 *     joined
 * @param replies those that were not deleted; 1000 stands for as many or more
 * @param followed whether the caller follows it; if not, the next three are 0
 * @param readSeq what is behind it is unread
 * @param unread replies of others that were neither deleted nor hidden; 100 stands for as many or
 *     more
 * @param mentions those of them that mention the caller
 */
@Schema(name = "ThreadItem")
@JsonPropertyOrder({
  "conversationId",
  "threadRoot",
  "root",
  "replies",
  "lastReplySeq",
  "lastReply",
  "followed",
  "readSeq",
  "unread",
  "mentions"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
record ThreadItem(
    ConversationId conversationId,
    long threadRoot,
    @Nullable EventView root,
    int replies,
    long lastReplySeq,
    @Nullable EventView lastReply,
    boolean followed,
    long readSeq,
    int unread,
    int mentions) {

  /**
   * @param messages by their seqs
   */
  static ThreadItem of(
      ConversationId conversation, Threads.Summary thread, Map<Long, EventView> messages) {
    ThreadState state = thread.state();
    return new ThreadItem(
        conversation,
        thread.root(),
        messages.get(thread.root()),
        thread.replies(),
        thread.lastReply(),
        messages.get(thread.lastReply()),
        state.followed(),
        state.readSeq(),
        state.unread(),
        state.mentions());
  }
}
