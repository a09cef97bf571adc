package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event of a conversation.
 *
 * @param seq its place, from 1, without gaps
 * @param epoch the epoch its seq was given out in (ADR 0003)
 * @param author null on VOID
 * @param messageCount messages from the beginning up to and including this event; unread is a
 *     difference of two of these. A VOID has the count of the event before it, and those behind
 *     keep theirs, so nobody who has read beyond it misses one
 * @param payload the members that only this kind has, as a JSON object; empty object on VOID
 * @param deletedSeq of a message whose content was deleted: the seq of the event that says so, or
 *     {@link #BEING_DELETED} until there is one. 0: it was not deleted
 */
public record LogEvent(
    ConversationId conversation,
    long seq,
    EventId id,
    int epoch,
    Kind kind,
    @Nullable UserId author,
    Instant at,
    long messageCount,
    String payload,
    long deletedSeq) {

  /** The content is gone, the event that says so is not written yet. */
  public static final long BEING_DELETED = -1;

  /** What can happen in a conversation. */
  public enum Kind {
    MESSAGE,
    MEMBERS,
    /** The content of messages is gone. */
    DELETED,
    /** A seq whose event was never written: it only proves that nothing is missing. */
    VOID
  }

  LogEvent(
      ConversationId conversation,
      long seq,
      EventId id,
      int epoch,
      Kind kind,
      @Nullable UserId author,
      Instant at,
      long messageCount,
      String payload) {
    this(conversation, seq, id, epoch, kind, author, at, messageCount, payload, 0);
  }

  public boolean isDeleted() {
    return deletedSeq != 0;
  }

  /** The same event, saying something else. */
  public LogEvent withPayload(String other) {
    return new LogEvent(
        conversation, seq, id, epoch, kind, author, at, messageCount, other, deletedSeq);
  }

  static LogEvent ofVoid(
      ConversationId conversation, long seq, int epoch, Instant at, long messageCount) {
    return new LogEvent(
        conversation,
        seq,
        EventId.ofVoid(conversation, seq),
        epoch,
        Kind.VOID,
        null,
        at,
        messageCount,
        "{}");
  }

  /**
   * The event as clients see it, on sockets and over REST. Built by joining strings: the payload is
   * JSON already, and everything else needs no escaping.
   */
  public String toJson() {
    StringBuilder json = new StringBuilder(payload.length() + 280);
    json.append("{\"type\":\"").append(kind).append('"');
    json.append(",\"conversationId\":\"").append(conversation).append('"');
    json.append(",\"seq\":").append(seq).append(",\"prev\":").append(seq - 1);
    json.append(",\"at\":\"").append(at).append('"');
    if (author != null) {
      json.append(",\"id\":\"").append(id).append("\",\"authorId\":\"").append(author).append('"');
    }
    if (payload.length() > 2) {
      json.append(',').append(payload, 1, payload.length() - 1);
    }
    if (deletedSeq > 0) {
      json.append(",\"deletedSeq\":").append(deletedSeq);
    }
    return json.append('}').toString();
  }
}
