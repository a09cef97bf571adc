package io.parley.message.scheduled;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.chat.ChatProperties;
import io.parley.message.chat.Reading;
import io.parley.message.chat.SendMessage;
import io.parley.message.chat.Sending;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogProblem;
import io.parley.message.log.SealedTexts;
import io.parley.message.scheduled.CassandraScheduledStore.Place;
import io.parley.message.scheduled.ScheduledMessage.Content;
import io.parley.message.scheduled.ScheduledMessage.State;
import io.parley.message.text.MessageText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** What authors can do with the messages that they have scheduled; nobody else knows of them. */
@Service
public class Scheduling {

  /**
   * @param next the place after which the next page begins; null on the last one
   */
  record Page(List<ScheduledMessage> items, @Nullable ScheduledCursor next) {}

  /** So long what was sent or cancelled is known, so that a repeat gets its result. */
  private static final Duration KEPT = Duration.ofDays(1);

  /** Of the bound on a user's messages: those that are only kept for repeats. */
  private static final int KEPT_TIMES = 10;

  private static final int ATTEMPTS = 10;

  private final OpenConversations openConversations;
  private final Reading reading;
  private final Sending sending;
  private final CassandraScheduledStore store;
  private final CassandraDueStore dueStore;
  private final DueMessages dueMessages;
  private final ScheduledSends sends;
  private final ScheduledNews news;
  private final SealedTexts sealed;
  private final UserLimits limits;
  private final ScheduledProperties properties;
  private final int maxTextUnits;
  private final Clock clock;

  Scheduling(
      OpenConversations openConversations,
      Reading reading,
      Sending sending,
      CassandraScheduledStore store,
      CassandraDueStore dueStore,
      DueMessages dueMessages,
      ScheduledSends sends,
      ScheduledNews news,
      SealedTexts sealed,
      UserLimits limits,
      ScheduledProperties properties,
      ChatProperties chat,
      Clock clock) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.sending = sending;
    this.store = store;
    this.dueStore = dueStore;
    this.dueMessages = dueMessages;
    this.sends = sends;
    this.news = news;
    this.sealed = sealed;
    this.limits = limits;
    this.properties = properties;
    this.maxTextUnits = chat.maxTextChars();
    this.clock = clock;
  }

  /**
   * Stores it, and when it is due before that: so whatever is stored is found in time. A repeat
   * gets what became of the first.
   *
   * @throws ProblemException 400 {@code invalid-request}, 403 {@code not-a-member}, 404 {@code
   *     conversation-not-found}, 409 {@code client-message-id-reused}, {@code too-many-scheduled},
   *     429 {@code rate-limited}, 503: it may be stored or not
   */
  ScheduledMessage schedule(Caller caller, ConversationId conversation, ScheduleMessage command) {
    limits.frame(caller.id());
    UserId author = caller.id();
    SendMessage message =
        new SendMessage(
            command.clientMessageId(),
            command.text(),
            command.replyTo(),
            null,
            null,
            command.alsoToConversation());
    EventLog.Draft said = sending.said(author, conversation, message);
    Instant at = present("at", command.at()).truncatedTo(ChronoUnit.MILLIS);
    String fingerprint = sealed.fingerprint(at + said.payload());
    OpenConversations.Access access = openConversations.access(conversation, author);
    UUID id = said.id().value();
    ScheduledMessage before = store.find(author, id);
    if (before != null) {
      return repeated(before, fingerprint);
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    requireInTime(at, now);
    if (command.replyTo() != null && reading.message(access, command.replyTo()) == null) {
      throw invalid("replyTo: there is no message with this seq");
    }
    requireRoom(author, now);
    dueMessages.ready();
    ScheduledMessage scheduled =
        new ScheduledMessage(
            author,
            id,
            conversation,
            1,
            State.WAITING,
            at,
            now,
            new Content(
                said.key(),
                fingerprint,
                present("text", command.text()),
                command.replyTo(),
                Boolean.TRUE.equals(command.alsoToConversation()) ? true : null),
            null,
            null,
            0);
    dueStore.put(Due.of(scheduled));
    if (!store.create(scheduled)) {
      ScheduledMessage other = store.find(author, id);
      if (other == null) {
        throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
      }
      return repeated(other, fingerprint);
    }
    putAgainIfLate(scheduled);
    news.tell(scheduled);
    return scheduled;
  }

  private ScheduledMessage repeated(ScheduledMessage before, String fingerprint) {
    if (!before.content().fingerprint().equals(fingerprint)) {
      throw new ProblemException(LogProblem.CLIENT_MESSAGE_ID_REUSED);
    }
    if (before.state() == State.WAITING) {
      // Whoever was at it may have died over it.
      putAgainIfLate(before);
    }
    return before;
  }

  /** What was stored long after its time may have been looked for in vain before it was there. */
  private void putAgainIfLate(ScheduledMessage message) {
    for (Instant at = message.at(); ; ) {
      Instant now = clock.instant();
      if (now.isBefore(at.plus(DueMessages.LOOK_BACK.dividedBy(2)))) {
        return;
      }
      at = now.truncatedTo(ChronoUnit.MILLIS);
      dueStore.put(Due.of(message, at));
    }
  }

  private void requireInTime(Instant at, Instant now) {
    if (!at.isAfter(now)) {
      throw invalid("at: is not in the future");
    }
    if (at.isAfter(now.plus(properties.horizon()))) {
      throw invalid("at: may be at most " + properties.horizon().toDays() + " days ahead");
    }
  }

  private void requireRoom(UserId author, Instant now) {
    int listed = 0;
    int kept = 0;
    for (Place place : store.places(author)) {
      if (place.state().isListed()) {
        listed++;
      } else if (place.changedAt().plus(KEPT).isBefore(now)) {
        store.delete(author, place);
      } else {
        kept++;
      }
    }
    if (listed >= properties.max() || kept >= KEPT_TIMES * properties.max()) {
      throw new ProblemException(
          ScheduledProblem.TOO_MANY,
          "At most " + properties.max() + " messages can be scheduled",
          Map.of("maxScheduled", properties.max()));
    }
  }

  /**
   * A user's, also where they are no member any more, the one that is due first at first.
   *
   * @param after null: from the first on
   * @throws ProblemException 503
   */
  Page page(UserId user, @Nullable ScheduledCursor after, int limit) {
    return page(user, place -> true, after, limit);
  }

  /**
   * Those of one conversation.
   *
   * @throws ProblemException 403 {@code not-a-member}, 404 {@code conversation-not-found}, 503
   */
  Page page(
      Caller caller, ConversationId conversation, @Nullable ScheduledCursor after, int limit) {
    openConversations.access(conversation, caller.id());
    return page(caller.id(), place -> place.conversation().equals(conversation), after, limit);
  }

  private Page page(
      UserId user, Predicate<Place> wanted, @Nullable ScheduledCursor after, int limit) {
    List<ScheduledCursor> rest =
        store.places(user).stream()
            .filter(place -> place.state().isListed() && wanted.test(place))
            .map(place -> new ScheduledCursor(place.at(), place.id()))
            .filter(cursor -> after == null || cursor.compareTo(after) > 0)
            .sorted()
            .toList();
    List<ScheduledCursor> page = rest.subList(0, Math.min(limit, rest.size()));
    List<ScheduledMessage> items = new ArrayList<>();
    if (!page.isEmpty()) {
      for (ScheduledMessage each :
          store.of(user, page.stream().map(ScheduledCursor::id).toList())) {
        if (each.state().isListed()) {
          items.add(each);
        }
      }
    }
    items.sort(Comparator.comparing(each -> new ScheduledCursor(each.at(), each.id())));
    return new Page(items, page.size() < rest.size() ? page.getLast() : null);
  }

  /**
   * Changes what is not being sent yet; one that has failed waits again.
   *
   * @throws ProblemException 400 {@code invalid-request}, 404 {@code scheduled-message-not-found},
   *     409 {@code scheduled-message-sent}, 429 {@code rate-limited}, 503: it may be changed or not
   */
  ScheduledMessage change(
      Caller caller, ConversationId conversation, UUID id, ChangeScheduled change) {
    limits.frame(caller.id());
    if (change.text() == null && change.at() == null) {
      throw invalid("text, at: one of them is needed");
    }
    String text = change.text() == null ? null : MessageText.of(change.text(), maxTextUnits);
    Instant at = change.at() == null ? null : change.at().truncatedTo(ChronoUnit.MILLIS);
    return change(
        caller.id(),
        conversation,
        id,
        (message, now) -> {
          Instant time = at == null ? message.at() : at;
          requireInTime(time, now);
          return message.edited(text == null ? message.content().text() : text, time, now);
        });
  }

  private interface Change {
    ScheduledMessage of(ScheduledMessage before, Instant now);
  }

  private ScheduledMessage change(
      UserId author, ConversationId conversation, UUID id, Change change) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      ScheduledMessage before = own(author, conversation, id);
      if (!before.state().isOpen()) {
        throw new ProblemException(ScheduledProblem.SENT);
      }
      Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      ScheduledMessage next = change.of(before, now);
      dueMessages.ready();
      dueStore.put(Due.of(next));
      if (store.replace(before, next)) {
        putAgainIfLate(next);
        news.tell(next);
        return next;
      }
    }
    throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "It is being changed");
  }

  /**
   * It is never sent. A repeat is as good.
   *
   * @throws ProblemException as {@link #change}
   */
  void cancel(Caller caller, ConversationId conversation, UUID id) {
    limits.frame(caller.id());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      ScheduledMessage before = store.find(caller.id(), id);
      if (before != null
          && before.state() == State.CANCELLED
          && before.conversationId().equals(conversation)) {
        return;
      }
      before = own(caller.id(), conversation, id);
      if (!before.state().isOpen()) {
        throw new ProblemException(ScheduledProblem.SENT);
      }
      ScheduledMessage next = before.cancelled(clock.instant().truncatedTo(ChronoUnit.MILLIS));
      if (store.replace(before, next)) {
        news.tell(next);
        return;
      }
    }
    throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "It is being changed");
  }

  /**
   * Sends it now. If the rules refuse that, it stays as it is. A repeat gets the original result.
   *
   * @return as it was sent
   * @throws ProblemException 404 {@code scheduled-message-not-found}, 503: it is sent soon; and
   *     what a send is refused with
   */
  ScheduledMessage sendNow(Caller caller, ConversationId conversation, UUID id) {
    limits.frame(caller.id());
    UserId author = caller.id();
    ScheduledMessage message = own(author, conversation, id);
    if (message.state().isOpen()) {
      sending.admit(author, conversation, message.command());
      message =
          change(
              author,
              conversation,
              id,
              (before, now) -> before.edited(before.content().text(), now, now));
    }
    if (message.state() != State.SENT) {
      sends.deliver(Due.of(message));
      message = own(author, conversation, id);
    }
    if (message.problem() != null) {
      throw new ProblemException(
          CommonProblem.CONFLICT, "It could not be sent: " + message.problem().slug());
    }
    if (message.state() != State.SENT) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "It is being sent");
    }
    return message;
  }

  private ScheduledMessage own(UserId author, ConversationId conversation, UUID id) {
    ScheduledMessage message = store.find(author, id);
    if (message == null
        || message.state() == State.CANCELLED
        || !message.conversationId().equals(conversation)) {
      throw new ProblemException(ScheduledProblem.NOT_FOUND);
    }
    return message;
  }

  /**
   * Those of the list, in no order.
   *
   * @throws ProblemException 503
   */
  public void forEach(UserId user, Consumer<ScheduledView> reader) {
    List<UUID> ids =
        store.places(user).stream()
            .filter(place -> place.state().isListed())
            .map(Place::id)
            .toList();
    store.of(user, ids).stream().map(ScheduledView::of).forEach(reader);
  }

  /**
   * For an erasure: nothing of this user is sent any more when it returns.
   *
   * @throws ProblemException 503: call again
   */
  public void forget(UserId user) {
    for (Place place : store.places(user)) {
      sends.stop(user, place.id());
      dueStore.forget(new Due(place.at(), user, place.id(), 0, place.conversation()));
    }
    store.forget(user);
  }

  private static <T> T present(String member, @Nullable T value) {
    if (value == null) {
      throw invalid(member + ": is missing");
    }
    return value;
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
  }
}
