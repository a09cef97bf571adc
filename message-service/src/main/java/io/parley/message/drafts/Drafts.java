package io.parley.message.drafts;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.OwnDevices;
import io.parley.message.chat.ChatProperties;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.text.MessageText;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Drafts, the same on all of a user's devices: the one that was stored last. */
@Service
public class Drafts {

  @JsonPropertyOrder({"type", "conversationId", "text", "replyTo", "at"})
  private record DraftChanged(
      String type,
      ConversationId conversationId,
      String text,
      @Nullable Long replyTo,
      @Nullable Instant at) {}

  /**
   * @param next the conversation to go on behind; null: there are no more
   */
  record Page(List<Draft> items, @Nullable ConversationId next) {}

  private static final int PAGE = 200;

  private final OpenConversations openConversations;
  private final CassandraDraftStore store;
  private final OwnDevices devices;
  private final UserLimits limits;
  private final int maxTextUnits;
  private final Clock clock;

  Drafts(
      OpenConversations openConversations,
      CassandraDraftStore store,
      OwnDevices devices,
      UserLimits limits,
      ChatProperties properties,
      Clock clock) {
    this.openConversations = openConversations;
    this.store = store;
    this.devices = devices;
    this.limits = limits;
    this.maxTextUnits = properties.maxTextChars();
    this.clock = clock;
  }

  /**
   * @throws ProblemException 403 {@code not-a-member}, 404 {@code conversation-not-found}, 503
   */
  Draft get(Caller caller, ConversationId id) {
    openConversations.access(id, caller.id());
    return store.find(caller.id(), id);
  }

  /**
   * Stores it and tells the caller's devices. Sending does not clear it: a device knows best
   * whether what it sent is what was drafted.
   *
   * @throws ProblemException 400 {@code invalid-request}, 403 {@code not-a-member}, 404 {@code
   *     conversation-not-found}, 429 {@code rate-limited}, 503
   */
  Draft write(Caller caller, ConversationId id, WriteDraft command) {
    String text = MessageText.written("text", command.text(), maxTextUnits);
    return put(caller, id, text, text.isEmpty() ? null : command.replyTo());
  }

  /**
   * @throws ProblemException as {@link #write}
   */
  void clear(Caller caller, ConversationId id) {
    put(caller, id, "", null);
  }

  private Draft put(Caller caller, ConversationId id, String text, @Nullable Long replyTo) {
    limits.frame(caller.id());
    openConversations.access(id, caller.id());
    Draft draft = new Draft(id, text, replyTo, clock.instant().truncatedTo(ChronoUnit.MICROS));
    store.put(caller.id(), draft);
    devices.tell(caller.id(), new DraftChanged("DRAFT", id, text, replyTo, draft.at()));
    return draft;
  }

  /**
   * A user's drafts, by the ids of their conversations; also where the user is no member any more.
   *
   * @param after null: from the first on
   * @throws ProblemException 503
   */
  Page page(UserId user, @Nullable ConversationId after, int limit) {
    List<Draft> found = new ArrayList<>();
    ConversationId from = after;
    while (true) {
      List<Draft> rows = store.page(user, from, limit);
      for (Draft draft : rows) {
        if (!draft.isNone()) {
          found.add(draft);
        }
        from = draft.conversationId();
        if (found.size() == limit) {
          return new Page(found, from);
        }
      }
      if (rows.size() < limit) {
        return new Page(found, null);
      }
    }
  }

  /**
   * @throws ProblemException 503
   */
  public void forEach(UserId user, Consumer<Draft> reader) {
    ConversationId after = null;
    do {
      Page page = page(user, after, PAGE);
      page.items().forEach(reader);
      after = page.next();
    } while (after != null);
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
