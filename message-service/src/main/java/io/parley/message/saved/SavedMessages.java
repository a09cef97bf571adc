package io.parley.message.saved;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.OwnDevices;
import io.parley.message.chat.Reading;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Membership;
import io.parley.message.conversation.MessagePlace;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.hidden.HiddenMessages;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogEvent;
import io.parley.message.text.MessageText;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Messages that a user has put aside. Only where they are is stored, with the user's note: what
 * they say is read from the log each time, as the user may see it then.
 */
@Service
public class SavedMessages {

  @JsonPropertyOrder({"type", "conversationId", "seq", "savedAt", "note"})
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Told(
      String type,
      ConversationId conversationId,
      long seq,
      @Nullable Instant savedAt,
      @Nullable String note) {}

  /**
   * @param message as the user may see it now; null: not at all
   */
  record Item(SavedMessage saved, @Nullable LogEvent message) {}

  /**
   * @param next the place after which the next page begins; null on the last one
   */
  record Page(List<Item> items, @Nullable MessagePlace next) {}

  private static final int MAX_NOTE_UNITS = 500;
  private static final int READS_AT_ONCE = 32;
  private static final int EXPORTED_AT_ONCE = 100;

  private final OpenConversations openConversations;
  private final Conversations conversations;
  private final Reading reading;
  private final HiddenMessages hidden;
  private final CassandraSavedStore store;
  private final OwnDevices devices;
  private final UserLimits limits;
  private final SavedProperties properties;
  private final Clock clock;
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  /** In the order in which they were asked for. */
  private final Semaphore room = new Semaphore(READS_AT_ONCE, true);

  SavedMessages(
      OpenConversations openConversations,
      Conversations conversations,
      Reading reading,
      HiddenMessages hidden,
      CassandraSavedStore store,
      OwnDevices devices,
      UserLimits limits,
      SavedProperties properties,
      Clock clock) {
    this.openConversations = openConversations;
    this.conversations = conversations;
    this.reading = reading;
    this.hidden = hidden;
    this.store = store;
    this.devices = devices;
    this.limits = limits;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Saves a message, or changes the note of one that is saved, which keeps its place.
   *
   * @param note empty: none; null: the one that it has
   * @throws ProblemException 400 {@code invalid-request}, 403 {@code not-a-member}, 404 {@code
   *     conversation-not-found}, {@code message-not-found}, 409 {@code too-many-saved}, 429 {@code
   *     rate-limited}, 503
   */
  SavedMessage save(Caller caller, ConversationId id, long seq, @Nullable String note) {
    UserId user = caller.id();
    limits.frame(user);
    if (note != null) {
      MessageText.written("note", note, MAX_NOTE_UNITS);
    }
    OpenConversations.Access access = openConversations.access(id, user);
    if (reading.message(access, seq) == null || hidden.isHidden(user, id, seq)) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    SavedMessage before = store.find(user, id, seq);
    if (before == null && store.places(user).size() >= properties.max()) {
      throw new ProblemException(
          SavedProblem.TOO_MANY_SAVED,
          "At most " + properties.max() + " messages can be saved",
          Map.of("maxSaved", properties.max()));
    }
    SavedMessage saved =
        new SavedMessage(
            id,
            seq,
            before == null ? clock.instant().truncatedTo(ChronoUnit.MILLIS) : before.savedAt(),
            noteOf(before, note));
    store.save(user, saved);
    devices.tell(user, new Told("SAVED", id, seq, saved.savedAt(), saved.note()));
    return saved;
  }

  private static @Nullable String noteOf(@Nullable SavedMessage before, @Nullable String note) {
    if (note == null) {
      return before == null ? null : before.note();
    }
    return note.isEmpty() ? null : note;
  }

  /**
   * It is not saved any more; also where the user may not see it any more.
   *
   * @throws ProblemException 429 {@code rate-limited}, 503
   */
  void remove(Caller caller, ConversationId id, long seq) {
    limits.frame(caller.id());
    SavedMessage before = store.find(caller.id(), id, seq);
    if (before != null) {
      store.remove(caller.id(), before);
      devices.tell(caller.id(), new Told("UNSAVED", id, seq, null, null));
    }
  }

  /**
   * Newest saved first.
   *
   * @param after the place of the last item of the page before; null for the first page
   * @throws ProblemException 503
   */
  Page page(UserId user, @Nullable MessagePlace after, int limit) {
    List<MessagePlace> rest =
        store.places(user).stream()
            .filter(place -> after == null || place.compareTo(after) > 0)
            .sorted()
            .toList();
    List<MessagePlace> page = rest.subList(0, Math.min(limit, rest.size()));
    if (page.isEmpty()) {
      return new Page(List.of(), null);
    }
    Map<ConversationId, Membership> memberships = new HashMap<>();
    conversations.of(user).forEach(each -> memberships.put(each.conversation(), each));
    List<CompletableFuture<Item>> items =
        store.of(user, page).stream()
            .sorted(Comparator.comparing(SavedMessage::place))
            .map(
                saved ->
                    CompletableFuture.supplyAsync(
                        () -> item(saved, memberships.get(saved.conversationId())), io))
            .toList();
    try {
      return new Page(
          items.stream().map(CompletableFuture::join).toList(),
          page.size() < rest.size() ? page.get(page.size() - 1) : null);
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private Item item(SavedMessage saved, @Nullable Membership membership) {
    room.acquireUninterruptibly();
    try {
      return new Item(saved, membership == null ? null : reading.message(membership, saved.seq()));
    } finally {
      room.release();
    }
  }

  /**
   * Newest saved first.
   *
   * @throws ProblemException 503
   */
  public void forEach(UserId user, Consumer<SavedMessage> reader) {
    List<MessagePlace> places = store.places(user).stream().sorted().toList();
    for (int from = 0; from < places.size(); from += EXPORTED_AT_ONCE) {
      List<MessagePlace> some =
          places.subList(from, Math.min(places.size(), from + EXPORTED_AT_ONCE));
      store.of(user, some).stream()
          .sorted(Comparator.comparing(SavedMessage::place))
          .forEach(reader);
    }
  }

  /**
   * For an erasure.
   *
   * @throws ProblemException 503: call again
   */
  public void forget(UserId user) {
    store.forget(user);
  }
}
