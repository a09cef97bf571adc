package io.parley.message.notification;

import io.parley.common.events.MessagesChanged;
import io.parley.common.events.MessagesChanged.Change;
import io.parley.common.events.MessagesChanged.Changed;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Member;
import io.parley.message.log.EventId;
import io.parley.message.log.LogEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Something of which notification-service is to be told. What people wrote is not in it. */
sealed interface News {

  /** The traceparent of what caused it; null when that is not traced, or not known any more. */
  @Nullable String traceparent();

  /** It follows from an event of the log, and its node has a note of that. */
  sealed interface Owed extends News {

    ConversationId conversation();

    /** Of the event. */
    long seq();
  }

  /**
   * A message.
   *
   * @param threadSeq of the message that its thread begins with; null: it is no reply
   * @param roster all members, its author too
   */
  record Message(
      ConversationId conversation,
      Conversation.Kind kind,
      long seq,
      EventId id,
      UserId author,
      Instant at,
      @Nullable Instant expiresAt,
      @Nullable Long threadSeq,
      Collection<Member> roster,
      @Nullable String traceparent)
      implements Owed {

    static Message of(
        LogEvent event,
        Conversation.Kind kind,
        Collection<Member> roster,
        @Nullable String traceparent) {
      return new Message(
          event.conversation(),
          kind,
          event.seq(),
          event.id(),
          Objects.requireNonNull(event.author()),
          event.at(),
          event.expiresAt(),
          event.threadRoot() == 0 ? null : event.threadRoot(),
          roster,
          traceparent);
    }

    /** The members who may see it, or of whom that is not known yet, but not its author. */
    List<UserId> recipients() {
      return roster.stream()
          .filter(member -> member.sees(seq) || member.visibleFrom() == Member.NOTHING_YET)
          .filter(member -> !member.user().equals(author))
          .map(Member::user)
          .toList();
    }

    Stored to(List<UserId> recipients) {
      return new Stored(
          conversation,
          kind.name(),
          seq,
          id.toString(),
          author,
          at,
          List.copyOf(recipients),
          expiresAt,
          threadSeq);
    }
  }

  /**
   * Messages that were edited or deleted.
   *
   * @param seq of the event that did it
   * @param targets the messages' seqs
   */
  record Changes(
      ConversationId conversation,
      long seq,
      List<Long> targets,
      Change change,
      @Nullable String traceparent)
      implements Owed {

    /**
     * @return null when the event does not say so of any message
     */
    static @Nullable Changes of(LogEvent event, @Nullable String traceparent) {
      return switch (event.kind()) {
        case EDITED -> of(event, List.of(event.target()), Change.EDITED, traceparent);
        case DELETED -> of(event, event.targets(), Change.DELETED, traceparent);
        default -> null;
      };
    }

    private static Changes of(
        LogEvent event, List<Long> targets, Change change, @Nullable String traceparent) {
      return new Changes(event.conversation(), event.seq(), targets, change, traceparent);
    }

    Changed changed() {
      return new Changed(conversation, targets, change);
    }
  }

  /**
   * A read marker that moved forward.
   *
   * @param threadRoot of the thread whose marker it is; {@link #NO_THREAD}: the conversation's
   */
  record Read(UserId user, ConversationId conversation, long threadRoot, long seq) implements News {

    static final long NO_THREAD = 0;

    @Override
    public @Nullable String traceparent() {
      return null;
    }
  }

  /**
   * Users who can not see some messages any more.
   *
   * @param from the lowest seq
   * @param through the highest
   */
  record Hidden(ConversationId conversation, List<UserId> users, long from, long through)
      implements News {

    @Override
    public @Nullable String traceparent() {
      return null;
    }

    MessagesChanged.Hidden of(List<UserId> some) {
      return new MessagesChanged.Hidden(conversation, List.copyOf(some), from, through);
    }
  }

  /** Two users of whom one has blocked the other. */
  record Apart(UserId user, UserId other) implements News {

    @Override
    public @Nullable String traceparent() {
      return null;
    }

    MessagesChanged.Apart apart() {
      return new MessagesChanged.Apart(user, other);
    }
  }
}
