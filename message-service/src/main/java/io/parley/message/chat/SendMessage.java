package io.parley.message.chat;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends.
 *
 * @param clientMessageId the client's own name for the message, 1 to 64 printable ASCII characters;
 *     a repeat must have the same
 * @param replyTo the seq of the message that this one answers
 * @param triedAfterSeq in a repeat: the last seq that the client knew when it tried for the first
 *     time. What was stored behind it is looked for, however long ago that was
 * @param markRead whether the sender has read all before it; absent: the read marker stays
 * @param alsoToConversation of a reply: whether it is meant for those who do not follow the thread,
 *     too; kept for clients to show, absent is false
 * @param forward the message that this one passes on; the text, if there is any, goes with it
 */
public record SendMessage(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, pattern = "[!-~]{1,64}")
        @Nullable String clientMessageId,
    @Nullable String text,
    @Nullable Long replyTo,
    @Nullable Long triedAfterSeq,
    @Nullable Boolean markRead,
    @Nullable Boolean alsoToConversation,
    @Nullable Forward forward) {

  /** One that passes nothing on. */
  public SendMessage(
      @Nullable String clientMessageId,
      @Nullable String text,
      @Nullable Long replyTo,
      @Nullable Long triedAfterSeq,
      @Nullable Boolean markRead,
      @Nullable Boolean alsoToConversation) {
    this(clientMessageId, text, replyTo, triedAfterSeq, markRead, alsoToConversation, null);
  }
}
