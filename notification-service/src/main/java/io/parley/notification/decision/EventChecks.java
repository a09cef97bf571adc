package io.parley.notification.decision;

import io.parley.common.events.ConversationsRead;
import io.parley.common.events.ConversationsRead.Read;
import io.parley.common.events.ConversationsRead.ThreadRead;
import io.parley.common.events.MessagesChanged;
import io.parley.common.events.MessagesChanged.Apart;
import io.parley.common.events.MessagesChanged.Changed;
import io.parley.common.events.MessagesChanged.Hidden;
import io.parley.common.events.MessagesStored;
import io.parley.common.events.MessagesStored.Stored;
import org.jspecify.annotations.Nullable;

/**
 * Whether events are what they should be; JSON may leave out what a record says is never null. All
 * throw {@link IllegalArgumentException} when not.
 */
final class EventChecks {

  private static final int MAX_MESSAGE_ID_CHARS = 200;

  private EventChecks() {}

  static void check(MessagesStored event) {
    present("items", event.items());
    int recipients = 0;
    for (Stored item : event.items()) {
      present("items[]", item);
      present("conversationId", item.conversationId());
      present("senderId", item.senderId());
      present("sentAt", item.sentAt());
      present("messageId", item.messageId());
      present("recipients", item.recipients());
      require(
          "DIRECT".equals(item.conversationKind()) || "GROUP".equals(item.conversationKind()),
          "conversationKind is neither");
      require(item.seq() > 0, "seq is none");
      require(isId(item.messageId()), "messageId is not an id");
      item.recipients().forEach(recipient -> present("recipients[]", recipient));
      recipients += item.recipients().size();
    }
    require(recipients <= MessagesStored.MAX_RECIPIENTS, "too many recipients");
  }

  static void check(ConversationsRead event) {
    present("items", event.items());
    require(
        event.items().size() + event.threads().size() <= ConversationsRead.MAX_ITEMS,
        "too many items");
    for (Read item : event.items()) {
      present("items[]", item);
      present("userId", item.userId());
      present("conversationId", item.conversationId());
    }
    for (ThreadRead item : event.threads()) {
      present("threads[]", item);
      present("userId", item.userId());
      present("conversationId", item.conversationId());
      require(item.threadSeq() > 0, "threadSeq is none");
    }
  }

  static void check(MessagesChanged event) {
    present("items", event.items());
    int seqs = 0;
    for (Changed item : event.items()) {
      present("items[]", item);
      present("conversationId", item.conversationId());
      present("change", item.change());
      present("seqs", item.seqs());
      item.seqs().forEach(seq -> present("seqs[]", seq));
      seqs += item.seqs().size();
    }
    require(seqs <= MessagesChanged.MAX_SEQS, "too many seqs");
    int users = 0;
    for (Hidden item : event.hidden()) {
      present("hidden[]", item);
      present("conversationId", item.conversationId());
      present("userIds", item.userIds());
      item.userIds().forEach(user -> present("userIds[]", user));
      users += item.userIds().size();
    }
    for (Apart item : event.apart()) {
      present("apart[]", item);
      present("userId", item.userId());
      present("otherId", item.otherId());
      users++;
    }
    require(users <= MessagesChanged.MAX_USERS, "too many users");
  }

  private static boolean isId(String id) {
    return !id.isEmpty()
        && id.length() <= MAX_MESSAGE_ID_CHARS
        && id.chars().noneMatch(Character::isISOControl);
  }

  private static void present(String name, @Nullable Object value) {
    require(value != null, name + " is missing");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
