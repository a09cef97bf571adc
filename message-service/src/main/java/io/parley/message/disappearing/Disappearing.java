package io.parley.message.disappearing;

import io.parley.common.access.Caller;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.RedisBus;
import io.parley.message.chat.ChatRules;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraConversationStore.StoredConversation;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long messages stay: in a direct conversation either side decides, in a group its settings do,
 * which are group-service's. Members are told by an event of the log, as of a group's settings.
 *
 * <p>Writes the conversation's row before the event and after it. The times of writing follow the
 * log: the row ends with what the last event says, whoever writes when; and a row that was not
 * written after its event tells that somebody died over it. Who asks for the same again does the
 * rest.
 */
@Service
class Disappearing {

  /** Of a MEMBERS event; in a direct conversation nobody ever comes or goes. */
  private record Changed(
      String change,
      boolean archived,
      List<UserId> added,
      List<UserId> removed,
      GroupPolicy.History history,
      MessageLife policy,
      UserId actorId) {}

  private final OpenConversations openConversations;
  private final ChatRules rules;
  private final UserLimits limits;
  private final CassandraConversationStore store;
  private final EventLog log;
  private final LogReader reader;
  private final RedisBus bus;
  private final DisappearingProperties properties;
  private final JsonMapper json;

  Disappearing(
      OpenConversations openConversations,
      ChatRules rules,
      UserLimits limits,
      CassandraConversationStore store,
      EventLog log,
      LogReader reader,
      RedisBus bus,
      DisappearingProperties properties,
      JsonMapper json) {
    this.openConversations = openConversations;
    this.rules = rules;
    this.limits = limits;
    this.store = store;
    this.log = log;
    this.reader = reader;
    this.bus = bus;
    this.properties = properties;
    this.json = json;
  }

  /**
   * @throws ProblemException 403 {@code not-a-member}, 404 {@code conversation-not-found}, 429
   *     {@code rate-limited}, 503
   */
  MessageLife get(Caller caller, ConversationId id) {
    limits.frame(caller.id());
    openConversations.access(id, caller.id());
    return of(stored(id).conversation());
  }

  /**
   * Of a direct conversation, for what is sent from now on. What it is already changes nothing.
   *
   * @throws ProblemException 400 {@code invalid-request}, 403 {@code not-a-member}, {@code
   *     blocked}, {@code forbidden} in a group, 404 {@code conversation-not-found}, 429 {@code
   *     rate-limited}, 503: it may be set; set it again
   */
  MessageLife set(Caller caller, ConversationId id, MessageLife command) {
    limits.frame(caller.id());
    int seconds = checked(command.expireSeconds());
    OpenConversations.Access access = openConversations.access(id, caller.id());
    if (access.conversation().kind() == Conversation.Kind.GROUP) {
      throw new ProblemException(
          CommonProblem.FORBIDDEN, "A group's settings say how long its messages stay");
    }
    rules.admitChanging(access);
    StoredConversation before = stored(id);
    Conversation conversation = Conversation.ofTwo(id).keepingMessagesFor(seconds);
    if (!before.conversation().equals(conversation) || isHalfDone(before)) {
      change(conversation, caller.id());
    }
    return of(conversation);
  }

  private int checked(@Nullable Integer seconds) {
    Duration life = Duration.ofSeconds(seconds == null ? -1 : seconds);
    if (!life.isZero()
        && (life.compareTo(properties.shortest()) < 0
            || life.compareTo(properties.longest()) > 0)) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST,
          "expireSeconds: must be 0, or from "
              + properties.shortest().toSeconds()
              + " to "
              + properties.longest().toSeconds());
    }
    return (int) life.toSeconds();
  }

  private void change(Conversation conversation, UserId by) {
    ConversationId id = conversation.id();
    LogHead head = reader.head(id);
    // Behind all events that are there, before all that come.
    store.put(conversation, version(head == null ? 0 : head.seq()) + 1, true);
    LogEvent event =
        log.append(
                new EventLog.Draft(
                    id,
                    by,
                    "message life " + UUID.randomUUID(),
                    LogEvent.Kind.MEMBERS,
                    json.writeValueAsString(
                        new Changed(
                            "UPDATED",
                            false,
                            List.of(),
                            List.of(),
                            GroupPolicy.History.ALL,
                            of(conversation),
                            by))))
            .event();
    store.put(conversation, version(event.seq()), true);
    store.settle(id, version(event.seq()));
    bus.publish(event);
  }

  /** The row is older than any of these when the conversation is made. */
  private static long version(long seq) {
    return 2 * seq + 2;
  }

  private static boolean isHalfDone(StoredConversation stored) {
    return stored.newest() >= version(0) && stored.newest() != stored.settled();
  }

  private StoredConversation stored(ConversationId id) {
    StoredConversation stored = store.stored(id);
    if (stored == null) {
      throw new ProblemException(ConversationProblem.CONVERSATION_NOT_FOUND);
    }
    return stored;
  }

  private static MessageLife of(Conversation conversation) {
    return new MessageLife((int) conversation.policy().messageLife().toSeconds());
  }
}
