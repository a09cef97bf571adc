package io.parley.message.thread;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * A thread as one user has it.
 *
 * @param followed whether the user follows it; if not, the others are 0
 * @param readSeq what is behind it is unread
 * @param unread replies of others that were neither deleted nor hidden; 100 stands for as many or
 *     more
 * @param mentions those of them that mention the user
 */
@JsonPropertyOrder({"threadRoot", "followed", "readSeq", "unread", "mentions"})
record ThreadState(long threadRoot, boolean followed, long readSeq, int unread, int mentions) {

  static ThreadState of(Follow follow, UnreadReplies.Counts counts) {
    return follow.isFollowed()
        ? new ThreadState(follow.root(), true, follow.readTo(), counts.unread(), counts.mentions())
        : new ThreadState(follow.root(), false, 0, 0, 0);
  }
}
