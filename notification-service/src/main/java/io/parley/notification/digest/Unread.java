package io.parley.notification.digest;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.decision.Facts;
import io.parley.notification.decision.Facts.Message;
import io.parley.notification.decision.Facts.Recipient;
import io.parley.notification.mail.MailContent;
import io.parley.notification.settings.Channel;
import io.parley.notification.settings.Level;
import io.parley.notification.settings.UserSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a mail tells of: messages that are there, unread, and wanted, by conversation. */
final class Unread {

  private static final String DIRECT = "DIRECT";

  /** Newest first, and so are the conversations by their newest. */
  private final Map<ConversationId, List<Message>> byConversation;

  private final boolean previews;
  private final boolean userIsThere;
  private final DigestProperties properties;

  private Unread(
      Map<ConversationId, List<Message>> byConversation,
      boolean previews,
      boolean userIsThere,
      DigestProperties properties) {
    this.byConversation = byConversation;
    this.previews = previews;
    this.userIsThere = userIsThere;
    this.properties = properties;
  }

  /**
   * @param missed newest first
   */
  static Unread of(
      UserId user,
      UserSettings wishes,
      List<Missed> missed,
      Facts facts,
      Instant now,
      DigestProperties properties) {
    Map<ConversationId, List<Message>> byConversation = new LinkedHashMap<>();
    boolean there = false;
    for (Missed one : missed) {
      Message message = facts.message(one.conversation(), one.seq());
      Recipient recipient = facts.recipient(one.conversation(), one.seq(), user);
      if (message != null && recipient != null) {
        there |= recipient.foreground();
        if (message.stands(recipient, now) && isWanted(wishes, message, recipient, now)) {
          byConversation
              .computeIfAbsent(one.conversation(), none -> new ArrayList<>())
              .add(message);
        }
      }
    }
    return new Unread(byConversation, wishes.preview(), there, properties);
  }

  /** As of a push, but by the level of mails, and at any time. */
  private static boolean isWanted(
      UserSettings wishes, Message message, Recipient recipient, Instant now) {
    if (recipient.mutedUntil() != null && recipient.mutedUntil().isAfter(now)) {
      return false;
    }
    Level level =
        DIRECT.equals(message.conversationKind())
            ? wishes.level(message.conversationId(), message.threadSeq(), Channel.EMAIL, now)
            : wishes.levelInGroup(
                message.conversationId(),
                message.threadSeq(),
                Channel.EMAIL,
                message.members(),
                now);
    return switch (level) {
      case ALL -> true;
      case NONE -> false;
      case MENTIONS ->
          recipient.mentioned()
              || recipient.everyone()
              || recipient.followsThread()
              || (message.text() != null && wishes.keywords().matches(message.text()));
    };
  }

  boolean isEmpty() {
    return byConversation.isEmpty();
  }

  /** Whether a client of the user says that it is in the foreground. */
  boolean isUserThere() {
    return userIsThere;
  }

  /**
   * How many there are in each conversation and, if the user has previews, where and by whom. What
   * they say is in none: a mail can not be taken back when a message is deleted or disappears.
   *
   * @param more whether there are more than were counted
   */
  MailContent.Unread content(boolean more) {
    List<MailContent.Conversation> named = new ArrayList<>();
    int others = 0;
    int messagesOfOthers = 0;
    for (List<Message> messages : byConversation.values()) {
      if (previews && named.size() < properties.maxConversations()) {
        named.add(conversation(messages));
      } else {
        others++;
        messagesOfOthers += messages.size();
      }
    }
    return new MailContent.Unread(
        named, others, messagesOfOthers, more ? properties.maxMessages() : 0);
  }

  private MailContent.Conversation conversation(List<Message> messages) {
    Message newest = messages.getFirst();
    List<String> senders =
        messages.stream().map(Unread::sender).distinct().limit(properties.maxSenders()).toList();
    String name = newest.conversationName();
    if (name == null || name.isBlank()) {
      // A conversation of two has the name of whoever wrote.
      return new MailContent.Conversation(
          senders.getFirst(), messages.size(), senders.subList(1, senders.size()));
    }
    return new MailContent.Conversation(name, messages.size(), senders);
  }

  private static String sender(Message message) {
    String name = message.senderName();
    return name == null || name.isBlank() ? "…" : name;
  }
}
