package io.parley.message.scheduled;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.chat.SendMessage;
import io.parley.message.log.AppendWindow;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message that is to be sent later, as its row stands (ADR 0023).
 *
 * @param id that of its event in the log, when it comes to be
 * @param version one more with each change; every change is decided on the version before
 * @param at when it is to be sent
 * @param changedAt of this version
 * @param problem why it could not be sent; null but for {@link State#FAILED}
 * @param window where it may have been appended; null but for {@link State#SENDING}
 * @param seq its event's; 0 but for {@link State#SENT}
 */
record ScheduledMessage(
    UserId author,
    UUID id,
    ConversationId conversationId,
    int version,
    State state,
    Instant at,
    Instant changedAt,
    Content content,
    @Nullable Failure problem,
    @Nullable AppendWindow window,
    long seq) {

  /** How far it is. */
  enum State {
    /** For its time, or for its author to send it now. */
    WAITING,
    /** Some node appends it, or has done so. It can not be stopped any more. */
    SENDING,
    /** It was refused, and its author was told; nothing was appended nor will be. */
    FAILED,
    SENT,
    /** Never sent. */
    CANCELLED;

    /** Whether it is in its author's list. */
    boolean isListed() {
      return this == WAITING || this == SENDING || this == FAILED;
    }

    /** Whether it can be changed, or taken back. */
    boolean isOpen() {
      return this == WAITING || this == FAILED;
    }
  }

  /**
   * What is to be said. Encrypted in the store.
   *
   * @param fingerprint of what was asked for first, by which a repeat is known
   * @param text empty once it was sent or cancelled
   */
  record Content(
      String clientMessageId,
      String fingerprint,
      String text,
      @Nullable Long replyTo,
      @Nullable Boolean alsoToConversation) {

    Content saying(String other) {
      return new Content(clientMessageId, fingerprint, other, replyTo, alsoToConversation);
    }
  }

  /** The refusal of a send. */
  record Failure(String slug, String detail) {}

  SendMessage command() {
    return new SendMessage(
        content.clientMessageId(),
        content.text(),
        content.replyTo(),
        null,
        null,
        content.alsoToConversation());
  }

  ScheduledMessage edited(String text, Instant newTime, Instant now) {
    return next(State.WAITING, newTime, now, content.saying(text), null, null, 0);
  }

  ScheduledMessage cancelled(Instant now) {
    return next(State.CANCELLED, at, now, content.saying(""), null, null, 0);
  }

  ScheduledMessage sending(AppendWindow place, Instant now) {
    return next(State.SENDING, at, now, content, null, place, 0);
  }

  ScheduledMessage sent(long eventSeq, Instant now) {
    return next(State.SENT, at, now, content.saying(""), null, null, eventSeq);
  }

  ScheduledMessage failed(Failure failure, Instant now) {
    return next(State.FAILED, at, now, content, failure, null, 0);
  }

  private ScheduledMessage next(
      State newState,
      Instant newTime,
      Instant now,
      Content newContent,
      @Nullable Failure failure,
      @Nullable AppendWindow place,
      long eventSeq) {
    return new ScheduledMessage(
        author,
        id,
        conversationId,
        version + 1,
        newState,
        newTime,
        now,
        newContent,
        failure,
        place,
        eventSeq);
  }
}
