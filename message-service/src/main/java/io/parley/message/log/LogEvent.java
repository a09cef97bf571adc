package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
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
 *     {@link #BEING_DELETED} until there is one; this of an EDITED event whose message was. {@link
 *     #EXPIRED}: its time was over when it was read. 0: neither
 * @param changes what later events have made of a message
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
    long deletedSeq,
    Changes changes) {

  /** With this the payload of an event begins that is about one message. */
  public static final String TARGET = "{\"target\":";

  /** With this the payload of a DELETED event begins. */
  private static final String TARGETS = "{\"targets\":[";

  /**
   * The members of a message's payload that stay whatever becomes of what it says: its author's
   * name for it, and where it belongs.
   */
  public static final List<String> PLACE_OF_MESSAGE =
      List.of("clientMessageId", "replyTo", "alsoToConversation", "expiresAt", "threadRoot");

  /**
   * Before the time in the payload of a message that disappears, and of its edits; in a text the
   * quotation marks are escaped.
   */
  public static final String EXPIRES_AT = ",\"expiresAt\":\"";

  /** Before the number in a reply's payload; in a text the quotation marks are escaped. */
  public static final String THREAD_ROOT = ",\"threadRoot\":";

  /** The member of a message's payload that has what it passes on. */
  public static final String FORWARDED_FROM = "forwardedFrom";

  /** Ends the payload of an event whose target one may not see. */
  public static final String WITHOUT_CONTENT = ",\"hidden\":true}";

  /** The content is gone, the event that says so is not written yet. */
  public static final long BEING_DELETED = -1;

  /** The time of a message that disappears is over: what it said is not there any more. */
  public static final long EXPIRED = -2;

  /** What can happen in a conversation. */
  public enum Kind {
    MESSAGE,
    MEMBERS,
    /** The content of messages is gone. */
    DELETED,
    /** A message says something else now. */
    EDITED,
    /** Somebody has reacted to a message, or taken that back. */
    REACTED,
    /** A message was pinned, or is not any more. */
    PINNED,
    /** A seq whose event was never written: it only proves that nothing is missing. */
    VOID;

    /** Whether the event changes what is seen of one message, its {@code target}. */
    public boolean hasTarget() {
      return this == EDITED || this == REACTED || this == PINNED;
    }

    /**
     * Whether events of the kind follow one another, whoever they are by: who appends one names it
     * by the one before, and of two who know the same one the log takes one.
     */
    boolean isNamedByAll() {
      return this == REACTED || this == PINNED;
    }

    /**
     * Whether something is left to be done when the event is in the log: to tell
     * notification-service of it, or to change what is seen of a message. Its node has a note of
     * that from before it is there.
     */
    boolean isOwed() {
      return this == MESSAGE || this == DELETED || hasTarget();
    }
  }

  /**
   * What is kept with a message of the events that have changed it, so that reading it needs no
   * other row.
   *
   * @param payload what it says now; null: it was not edited
   * @param edits the seqs of its EDITED events, the first one first
   * @param reacted whether anybody ever has reacted to it
   */
  public record Changes(@Nullable String payload, Set<Long> edits, boolean reacted) {

    public static final Changes NONE = new Changes(null, Set.of(), false);

    /** Of the event that made the message what it is now; 0: it was not edited. */
    public long editedSeq() {
      return edits.isEmpty() ? 0 : new TreeSet<>(edits).last();
    }
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

  LogEvent(
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
    this(
        conversation,
        seq,
        id,
        epoch,
        kind,
        author,
        at,
        messageCount,
        payload,
        deletedSeq,
        Changes.NONE);
  }

  /** Or expired: whether its content is gone. */
  public boolean isDeleted() {
    return deletedSeq != 0;
  }

  public boolean isExpired() {
    return deletedSeq == EXPIRED;
  }

  /** Whether there is something left of it to be deleted, be it only the event that says so. */
  public boolean isToBeDeleted() {
    return deletedSeq == 0 || deletedSeq == BEING_DELETED;
  }

  /** When the content of this event is gone by itself; null: never. */
  public @Nullable Instant expiresAt() {
    int before = kind == Kind.MESSAGE || kind == Kind.EDITED ? payload.indexOf(EXPIRES_AT) : -1;
    if (before < 0) {
      return null;
    }
    int start = before + EXPIRES_AT.length();
    return Instant.parse(payload.substring(start, payload.indexOf('"', start)));
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

  /** What it says now, while {@link #payload} is what it said when it was appended. */
  public String content() {
    return deletedSeq == 0 && changes.payload() != null ? changes.payload() : payload;
  }

  /**
   * The seq of the event that made it what it is now: its own, that of an edit or of its deletion.
   */
  public long version() {
    return Math.max(seq, Math.max(changes.editedSeq(), deletedSeq));
  }

  /** The seq of the message that an event with {@link Kind#hasTarget} is about. */
  public long target() {
    return Long.parseLong(payload, TARGET.length(), numberEnd(payload, TARGET.length()), 10);
  }

  /** The seqs of the messages that a DELETED event is about. */
  public List<Long> targets() {
    String numbers = payload.substring(TARGETS.length(), payload.indexOf(']'));
    return Stream.of(numbers.split(",")).map(String::strip).map(Long::valueOf).toList();
  }

  /**
   * The seq of the message that a reply's thread begins with; 0 when this is no reply. What is left
   * of a deleted reply still has it.
   */
  public long threadRoot() {
    int before = kind == Kind.MESSAGE ? payload.indexOf(THREAD_ROOT) : -1;
    if (before < 0) {
      return 0;
    }
    int start = before + THREAD_ROOT.length();
    return Long.parseLong(payload, start, numberEnd(payload, start), 10);
  }

  /**
   * An event with a target, for those who may not see that: its place in the log stays, as nobody
   * is to see a gap.
   */
  public LogEvent withoutContent() {
    return withPayload(payload.substring(0, numberEnd(payload, TARGET.length())) + WITHOUT_CONTENT);
  }

  private static int numberEnd(String payload, int start) {
    int end = start;
    while (Character.isDigit(payload.charAt(end))) {
      end++;
    }
    return end;
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
    String content = content();
    if (content.length() > 2) {
      json.append(',').append(content, 1, content.length() - 1);
    }
    if (deletedSeq > 0) {
      json.append(",\"deletedSeq\":").append(deletedSeq);
    }
    return json.append('}').toString();
  }
}
