package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.conversation.Member;
import io.parley.message.conversation.Membership;
import io.parley.message.deletion.Deletions;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.hidden.HiddenMessages;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Reads the log for members, as far as each may see it, and without what each has hidden. A message
 * that is found half deleted is handed to who finishes that.
 */
@Service
public class Reading {

  /**
   * @param next the seq to go on behind
   * @param more whether there is more already
   * @param reset the newest messages as they are now, oldest first, in place of the events up to
   *     {@code next}; null: it is the events themselves
   */
  record CatchUp(List<LogEvent> events, long next, boolean more, @Nullable List<LogEvent> reset) {}

  private final OpenConversations openConversations;
  private final LogReader log;
  private final Deletions deletions;
  private final HiddenMessages hidden;
  private final CatchUpProperties properties;

  Reading(
      OpenConversations openConversations,
      LogReader log,
      Deletions deletions,
      HiddenMessages hidden,
      CatchUpProperties properties) {
    this.openConversations = openConversations;
    this.log = log;
    this.deletions = deletions;
    this.hidden = hidden;
    this.properties = properties;
  }

  /** Messages with {@code seq < before}, newest first; {@code before} null: the newest. */
  List<LogEvent> history(
      Caller caller, ConversationId conversation, @Nullable Long before, int limit) {
    return before(
        openConversations.access(conversation, caller.id()),
        before == null ? Long.MAX_VALUE : before,
        limit);
  }

  private List<LogEvent> before(OpenConversations.Access access, long before, int limit) {
    Member member = access.member();
    List<LogEvent> messages =
        log.messagesBefore(access.conversation().id(), before, member.visibleFrom(), limit);
    deletions.seen(messages);
    return hidden.shown(member.user(), messages);
  }

  /**
   * Everything with {@code seq > after} that the caller may see, oldest first, without a gap from
   * the first on. A caller who is ahead of the log (it was restored from a backup) is told where it
   * ends.
   *
   * @param resets whether one who misses more than {@link CatchUpProperties#maxEvents} gets the
   *     newest messages instead
   */
  CatchUp catchUp(
      Caller caller, ConversationId conversation, long after, int limit, boolean resets) {
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    Member member = access.member();
    if (member.visibleFrom() == Member.NOTHING_YET) {
      return new CatchUp(List.of(), after, false, null);
    }
    long known = Math.max(after, member.visibleFrom() - 1);
    if (resets && access.head() - known > properties.maxEvents()) {
      return reset(access);
    }
    // Added to the largest number, 1 makes the smallest.
    List<LogEvent> events =
        after == Long.MAX_VALUE
            ? List.of()
            : log.read(conversation, Math.max(after + 1, member.visibleFrom()), limit);
    if (events.isEmpty()) {
      return new CatchUp(events, Math.min(after, end(access, after)), false, null);
    }
    deletions.seen(events);
    return new CatchUp(
        hidden.shown(caller.id(), events.stream().map(event -> seen(member, event)).toList()),
        events.get(events.size() - 1).seq(),
        events.size() == limit,
        null);
  }

  /** What comes behind the head changes these messages again, and is told as ever. */
  private CatchUp reset(OpenConversations.Access access) {
    long head = access.head();
    List<LogEvent> newest = before(access, head + 1, properties.snapshotMessages());
    return new CatchUp(List.of(), head, false, newest.reversed());
  }

  /** Of what happened to a message from before one joined, only that something did. */
  private static LogEvent seen(Member member, LogEvent event) {
    return event.kind().hasTarget() && !member.sees(event.target())
        ? event.withoutContent()
        : event;
  }

  /** What this node has of the log may lag behind, so a caller who seems ahead is looked up. */
  private long end(OpenConversations.Access access, long after) {
    if (after <= access.head()) {
      return after;
    }
    LogHead head = log.head(access.conversation().id());
    return head == null ? 0 : head.seq();
  }

  /** The message at a seq if there is one and the member may see it. */
  public @Nullable LogEvent message(OpenConversations.Access access, long seq) {
    LogEvent event = event(access, seq);
    return event != null && event.kind() == LogEvent.Kind.MESSAGE ? event : null;
  }

  /**
   * The message at a seq, as the caller may see it.
   *
   * @throws ProblemException 403 {@code not-a-member}, 404 {@code conversation-not-found}, {@code
   *     message-not-found}
   */
  LogEvent message(Caller caller, ConversationId conversation, long seq) {
    LogEvent message = message(openConversations.access(conversation, caller.id()), seq);
    if (message == null) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    deletions.seen(List.of(message));
    return hidden.shown(caller.id(), List.of(message)).get(0);
  }

  /**
   * Of the messages at these seqs those that the member may see, deleted and hidden ones as what is
   * left of them; oldest first.
   *
   * @param seqs a few hundred at most
   * @throws ProblemException 503
   */
  public List<LogEvent> shown(OpenConversations.Access access, Collection<Long> seqs) {
    Member member = access.member();
    return shown(member.user(), access.conversation().id(), member.visibleFrom(), seqs);
  }

  /**
   * As the other, for lists over many conversations, which need not be opened for it.
   *
   * @param visibleFrom the first seq that the user may see
   * @throws ProblemException 503
   */
  public List<LogEvent> shown(
      UserId user, ConversationId conversation, long visibleFrom, Collection<Long> seqs) {
    List<LogEvent> messages =
        log.at(conversation, seqs.stream().filter(seq -> seq >= visibleFrom).toList()).stream()
            .filter(event -> event.kind() == LogEvent.Kind.MESSAGE)
            .toList();
    deletions.seen(messages);
    return hidden.shown(user, messages);
  }

  /** The event at a seq if there is one and the member may see it. */
  public @Nullable LogEvent event(OpenConversations.Access access, long seq) {
    return seq >= 1 && access.member().sees(seq) ? log.at(access.conversation().id(), seq) : null;
  }

  /**
   * Those of some messages that are there for this member: that were not deleted, nor hidden by
   * them, and that they may see.
   *
   * @param seqs a few hundred at most
   * @return in the order of their seqs
   */
  public List<LogEvent> messages(OpenConversations.Access access, Collection<Long> seqs) {
    List<LogEvent> messages =
        log.at(access.conversation().id(), seqs.stream().filter(access.member()::sees).toList());
    deletions.seen(messages);
    // One that is hidden is shown as another.
    List<LogEvent> shown = hidden.shown(access.member().user(), messages);
    return IntStream.range(0, shown.size())
        .filter(i -> shown.get(i) == messages.get(i) && !messages.get(i).isDeleted())
        .mapToObj(shown::get)
        .filter(event -> event.kind() == LogEvent.Kind.MESSAGE)
        .toList();
  }

  /**
   * The message at a seq as this member may see it now; null if there is none or it is not for
   * them. For lists over many conversations, which need not be opened for it.
   *
   * @throws io.parley.common.problems.ProblemException 503
   */
  public @Nullable LogEvent message(Membership membership, long seq) {
    LogEvent event = seq < membership.visibleFrom() ? null : log.at(membership.conversation(), seq);
    if (event == null || event.kind() != LogEvent.Kind.MESSAGE) {
      return null;
    }
    List<LogEvent> message = List.of(event);
    deletions.seen(message);
    return hidden.shown(membership.user(), message).get(0);
  }
}
