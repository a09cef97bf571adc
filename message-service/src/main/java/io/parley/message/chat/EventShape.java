package io.parley.message.chat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.LogEvent;
import io.parley.message.mention.Mention;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What {@link LogEvent#toJson()} writes, for the description of the API only; docs/api/websocket.md
 * has the rest.
 *
 * @param id as authorId, not on VOID
 * @param text of a MESSAGE that was not deleted, and of EDITED
 * @param replyTo of a MESSAGE that is a reply
 * @param alsoToConversation of a reply that is meant for those who do not follow its thread, too
 * @param forwardedFrom of a MESSAGE that passes another on
 * @param threadRoot of a reply: the message that its thread begins with
 * @param expiresAt of a MESSAGE that disappears, and of EDITED: when
 * @param expired of those: true when that time is over
 * @param editedAt of a MESSAGE that was edited: when it began to say this
 * @param editedSeq as editedAt: the seq of the event that made it say this
 * @param target of EDITED, REACTED and PINNED: the message that it is about
 * @param changes of REACTED: what members have done, in their order
 * @param reactions of a MESSAGE that anybody ever reacted to, over REST: what there is now; of
 *     REACTED: what there was after it
 * @param reactionsSeq of a MESSAGE with reactions: the seq of the last REACTED event in them
 * @param mentions of a MESSAGE that mentions somebody
 * @param mentionsAll as mentions, if that is everyone or all who are here
 * @param targets of DELETED: the messages whose content is gone
 */
@Schema(
    name = "Event",
    description =
        "An event of the log. Beyond type, conversationId, seq, prev and at, its members depend on"
            + " the type; MEMBERS and deleted messages have more.")
public record EventShape(
    LogEvent.Kind type,
    ConversationId conversationId,
    long seq,
    long prev,
    Instant at,
    @Nullable UUID id,
    @Nullable UserId authorId,
    @Nullable String clientMessageId,
    @Nullable String text,
    @Nullable Long replyTo,
    @Nullable Boolean alsoToConversation,
    @Nullable ForwardedFrom forwardedFrom,
    @Nullable Long threadRoot,
    @Nullable Instant expiresAt,
    @Nullable Boolean expired,
    @Nullable Instant editedAt,
    @Nullable Long editedSeq,
    @Nullable Long target,
    @Nullable List<Reacted> changes,
    @Nullable List<Reactions> reactions,
    @Nullable Long reactionsSeq,
    @Nullable List<Mention> mentions,
    Mention.@Nullable All mentionsAll,
    @Nullable List<Long> targets) {

  /**
   * @param added false: taken back
   */
  record Reacted(UserId userId, String emoji, boolean added) {}

  /**
   * @param own whether the caller is one of them; of a MESSAGE only
   */
  record Reactions(String emoji, int count, @Nullable Boolean own) {}
}
