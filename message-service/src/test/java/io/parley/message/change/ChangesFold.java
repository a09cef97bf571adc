package io.parley.message.change;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.EventId;
import io.parley.message.log.LogEvent;
import io.parley.message.reaction.SimulatedReactions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a conversation's log says when it is read from the beginning, by nothing but its events. On
 * the way it is checked that each event follows on the one before, by its name and by what it says.
 */
final class ChangesFold {

  /** A message as its events leave it. */
  static final class Message {
    final UserId author;
    final String clientMessageId;
    final long root;

    /** What it says; null once it was edited by an event whose text is gone with the message. */
    @Nullable String text;

    final Set<String> everSaid = new HashSet<>();
    final Set<Long> edits = new TreeSet<>();
    long version;
    long deletedSeq;
    Set<UserId> mentioned;
    boolean toAll;
    final Map<String, Set<UserId>> reactions = new LinkedHashMap<>();
    long reactionsSeq;

    private Message(LogEvent event, JsonNode payload) {
      this.author = Objects.requireNonNull(event.author());
      this.clientMessageId = payload.path("clientMessageId").asString();
      this.root = event.threadRoot();
      this.version = event.seq();
      this.mentioned = mentioned(payload);
      this.toAll = payload.has("mentionsAll");
      says(payload);
    }

    private void says(JsonNode payload) {
      text = payload.path("text").stringValue(null);
      if (text != null) {
        everSaid.add(text);
      }
      mentioned = mentioned(payload);
      toAll = payload.has("mentionsAll");
    }

    private static Set<UserId> mentioned(JsonNode payload) {
      Set<UserId> users = new HashSet<>();
      for (JsonNode mention : payload.path("mentions")) {
        if (mention.has("userId")) {
          users.add(UserId.valueOf(mention.path("userId").asString()));
        }
      }
      return users;
    }
  }

  /** The reactions to a message after one of its events. */
  record Reactions(long target, Map<String, Set<UserId>> present) {}

  private static final UserId NOBODY = new UserId(new UUID(0, 0));
  private static final JsonMapper JSON = JsonMapper.shared();

  final SortedMap<Long, Message> messages = new TreeMap<>();
  final Map<Long, LogEvent> edits = new TreeMap<>();
  final Map<Long, Reactions> reactions = new HashMap<>();

  /**
   * The message of each pin → the event that pinned it, and who did, in the order of the events.
   */
  private final Map<Long, String> pins = new LinkedHashMap<>();

  final Map<Long, Long> pinned = new HashMap<>();
  private long pinsSeq;
  private final ConversationId conversation;
  private final int maxKinds;
  private final int maxPins;

  ChangesFold(ConversationId conversation, List<LogEvent> events, int maxKinds, int maxPins) {
    this.conversation = conversation;
    this.maxKinds = maxKinds;
    this.maxPins = maxPins;
    Set<EventId> ids = new HashSet<>();
    for (LogEvent event : events) {
      expect(ids.add(event.id()), event.seq() + " is a double");
      JsonNode payload = JSON.readTree(event.payload());
      switch (event.kind()) {
        case MESSAGE -> messages.put(event.seq(), new Message(event, payload));
        case EDITED -> edit(event, payload);
        case DELETED -> delete(event, payload);
        case REACTED -> react(event, payload);
        case PINNED -> pin(event, payload);
        default -> {} // changes no message
      }
    }
  }

  private void expectName(LogEvent event, UserId author, String key) {
    expect(
        event.id().equals(EventId.of(conversation, author, key)),
        event.kind() + " " + event.seq() + " is not \"" + key + "\": it misses what came before");
  }

  private Message message(long seq) {
    return Objects.requireNonNull(messages.get(seq), () -> "no message at " + seq);
  }

  private void edit(LogEvent event, JsonNode payload) {
    Message message = message(event.target());
    expect(message.author.equals(event.author()), event.seq() + " is by somebody else");
    expectName(event, message.author, "edit " + event.target() + " " + message.version);
    message.version = event.seq();
    message.edits.add(event.seq());
    String before = message.text;
    message.says(payload);
    expect(
        event.isDeleted() || before == null || !before.equals(message.text),
        event.seq() + " changes nothing");
    edits.put(event.seq(), event);
  }

  private void delete(LogEvent event, JsonNode payload) {
    for (JsonNode target : payload.path("targets")) {
      Message message = message(target.asLong());
      expect(message.deletedSeq == 0, target + " is deleted again by " + event.seq());
      message.deletedSeq = event.seq();
    }
  }

  private void react(LogEvent event, JsonNode payload) {
    Message message = message(event.target());
    expectName(event, NOBODY, "react " + event.target() + " " + message.reactionsSeq);
    message.reactionsSeq = event.seq();
    for (JsonNode change : payload.path("changes")) {
      String emoji = change.path("emoji").asString();
      UserId user = UserId.valueOf(change.path("userId").asString());
      Set<UserId> users = message.reactions.computeIfAbsent(emoji, each -> new HashSet<>());
      expect(
          change.path("added").asBoolean() ? users.add(user) : users.remove(user),
          event.seq() + " changes nothing of " + emoji);
      if (users.isEmpty()) {
        message.reactions.remove(emoji);
      }
    }
    List<String> says = new ArrayList<>();
    payload
        .path("reactions")
        .forEach(
            each -> says.add(each.path("emoji").asString() + "=" + each.path("count").asInt()));
    expect(
        says.equals(counts(message)), event.seq() + " counts " + says + ", not " + counts(message));
    expect(message.reactions.size() <= maxKinds, "too many kinds by " + event.seq());
    Map<String, Set<UserId>> present = new HashMap<>();
    message.reactions.forEach((emoji, users) -> present.put(emoji, Set.copyOf(users)));
    reactions.put(event.seq(), new Reactions(event.target(), present));
  }

  private static List<String> counts(Message message) {
    return message.reactions.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue().size())
        .toList();
  }

  private void pin(LogEvent event, JsonNode payload) {
    expectName(event, NOBODY, "pin " + pinsSeq);
    pinsSeq = event.seq();
    boolean isPin = payload.path("pinned").asBoolean();
    String before = pins.remove(event.target());
    expect(isPin == (before == null), event.seq() + " changes nothing");
    if (isPin) {
      pins.put(event.target(), event.seq() + " by " + payload.path("by").asString());
      pinned.put(event.seq(), event.target());
    }
    expect(pins.size() <= maxPins, "too many pins by " + event.seq());
  }

  String pins() {
    return pinsSeq
        + " "
        + pins.entrySet().stream().map(pin -> pin.getKey() + "@" + pin.getValue()).toList();
  }

  static String reactions(Message message) {
    return SimulatedReactions.seen(message.reactionsSeq, counts(message), message.reactions);
  }

  static String reactionsOf(Message message, UserId user) {
    Map<String, Set<UserId>> own = new HashMap<>();
    message.reactions.forEach(
        (emoji, users) -> {
          if (users.contains(user)) {
            own.put(emoji, Set.of(user));
          }
        });
    return SimulatedReactions.seen(message.reactionsSeq, counts(message), own);
  }

  Set<Long> deleted() {
    Set<Long> deleted = new TreeSet<>();
    messages.forEach(
        (seq, message) -> {
          if (message.deletedSeq > 0) {
            deleted.add(seq);
          }
        });
    return deleted;
  }

  /** The seq of each reply → its thread's root. */
  SortedMap<Long, Long> replies() {
    SortedMap<Long, Long> replies = new TreeMap<>();
    messages.forEach(
        (seq, message) -> {
          if (message.root > 0) {
            replies.put(seq, message.root);
          }
        });
    return replies;
  }

  private static void expect(boolean held, String otherwise) {
    if (!held) {
      throw new AssertionError(otherwise);
    }
  }
}
