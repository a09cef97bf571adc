package io.parley.message.facts;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * @param messages in the order of the questions
 * @param badges of each user who was asked about: unread messages over all conversations that are
 *     neither muted nor archived, {@value Badges#MOST} at most
 */
record FactsView(List<MessageFacts> messages, Map<UserId, Integer> badges) {

  /**
   * A message as it is now.
   *
   * @param messageId null when there is no such message
   * @param conversationKind null when the conversation is not known
   * @param conversationName of a group
   * @param members how many the conversation has; may be a minute old
   * @param senderName what others call the author
   * @param text its beginning; null when it is gone
   * @param gone it was deleted or has expired, or it never was, or its author's account is erased
   * @param threadSeq the seq of the message that its thread begins with; null: it is no reply
   * @param alsoToConversation whether a reply is meant for those who do not look at its thread, too
   * @param everyone whether it means any of the recipients as one of all
   */
  record MessageFacts(
      ConversationId conversationId,
      long seq,
      @Nullable String messageId,
      Conversation.@Nullable Kind conversationKind,
      @Nullable String conversationName,
      int members,
      @Nullable UserId senderId,
      @Nullable String senderName,
      @Nullable String text,
      boolean gone,
      @Nullable Instant editedAt,
      @Nullable Instant sentAt,
      @Nullable Instant expiresAt,
      @Nullable Long threadSeq,
      boolean alsoToConversation,
      boolean everyone,
      List<RecipientFacts> recipients) {}

  /**
   * A message to one user.
   *
   * @param sees whether the user is a member who may see it, and has not hidden it
   * @param read by the marker of the conversation, or of the thread that it is in
   * @param mentioned by name
   * @param everyone as one of all, or of all who are there just now
   * @param followsThread whether the user follows the thread that it is in
   * @param blocked whether the user and the author are kept apart by a block of either
   * @param foreground whether a client of the user is connected and says that it is in the
   *     foreground
   */
  record RecipientFacts(
      UserId userId,
      boolean sees,
      boolean read,
      @Nullable Instant mutedUntil,
      boolean mentioned,
      boolean everyone,
      boolean followsThread,
      boolean blocked,
      boolean foreground,
      boolean doNotDisturb) {}
}
