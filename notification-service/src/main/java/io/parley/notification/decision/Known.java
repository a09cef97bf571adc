package io.parley.notification.decision;

import io.parley.common.ids.UserId;
import io.parley.notification.decision.Facts.Message;
import io.parley.notification.decision.Facts.Recipient;
import io.parley.notification.push.Notice;
import io.parley.notification.push.Pushes.Reach;
import io.parley.notification.push.Words;
import io.parley.notification.settings.Channel;
import io.parley.notification.settings.Keywords;
import io.parley.notification.settings.Level;
import io.parley.notification.settings.UserSettings;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All that is known of a batch of notifications at one moment. For one thread. */
final class Known {

  private static final String DIRECT = "DIRECT";

  private final Facts facts;
  private final Map<UserId, UserSettings> settings;
  private final Reach reach;
  private final Instant now;

  /** One text is looked through for many users. */
  private final Map<Message, Keywords.Candidates> texts = new IdentityHashMap<>();

  Known(Facts facts, Map<UserId, UserSettings> settings, Reach reach, Instant now) {
    this.facts = facts;
    this.settings = settings;
    this.reach = reach;
    this.now = now;
  }

  Instant now() {
    return now;
  }

  Reach reach() {
    return reach;
  }

  /** Null when message-service said nothing of it. */
  @Nullable Message message(Notification one) {
    return facts.message(one.conversation(), one.seq());
  }

  /** Null when message-service said nothing of it. */
  @Nullable Recipient recipient(Notification one) {
    return facts.recipient(one.conversation(), one.seq(), one.user());
  }

  /** Whether it is there to be shown. */
  boolean stands(Notification one) {
    return fallen(one) == null;
  }

  /** Why it is not to be shown any more; null: it is. */
  @Nullable Reason fallen(Notification one) {
    Message message = message(one);
    Recipient recipient = recipient(one);
    if (isExpired(one, message)) {
      return Reason.EXPIRED;
    }
    if (message == null || message.gone()) {
      return Reason.DELETED;
    }
    if (recipient == null || !recipient.sees()) {
      return Reason.NOT_VISIBLE;
    }
    if (recipient.read()) {
      return Reason.READ;
    }
    return recipient.blocked() ? Reason.BLOCKED : null;
  }

  private boolean isExpired(Notification one, @Nullable Message message) {
    Instant expiresAt = expiresAt(one, message);
    return expiresAt != null && !expiresAt.isAfter(now);
  }

  private static @Nullable Instant expiresAt(Notification one, @Nullable Message message) {
    return message == null || message.expiresAt() == null ? one.expiresAt() : message.expiresAt();
  }

  /**
   * @param recipient null only of a message that is gone
   */
  Situation situation(Notification one, Message message, @Nullable Recipient recipient) {
    UserSettings wishes = Objects.requireNonNull(settings.get(one.user()));
    boolean direct = DIRECT.equals(one.conversationKind());
    Level level = wishes.level(one.conversation(), message.threadSeq(), Channel.PUSH, now);
    Level inGroup =
        direct
            ? level
            : wishes.levelInGroup(
                one.conversation(), message.threadSeq(), Channel.PUSH, message.members(), now);
    Instant mutedUntil = recipient == null ? null : recipient.mutedUntil();
    return new Situation(
        direct,
        one.sentAt(),
        message.gone(),
        isExpired(one, message),
        recipient != null && recipient.sees(),
        recipient != null && recipient.read(),
        recipient != null && recipient.blocked(),
        mutedUntil != null && mutedUntil.isAfter(now),
        recipient != null && recipient.mentioned(),
        recipient != null && recipient.everyone(),
        hasKeyword(wishes, message),
        recipient != null && recipient.followsThread(),
        level,
        level == Level.ALL && inGroup != Level.ALL,
        wishes.isQuiet(now),
        recipient != null && recipient.doNotDisturb(),
        wishes.alwaysPush(),
        recipient != null && recipient.foreground(),
        reach.isReachable(one.user()));
  }

  private boolean hasKeyword(UserSettings wishes, Message message) {
    String text = message.text();
    return text != null
        && !wishes.keywords().isEmpty()
        && wishes
            .keywords()
            .matches(texts.computeIfAbsent(message, none -> new Keywords.Candidates(text)));
  }

  /** What there is to show, with the words that the user may see. */
  Notice notice(
      Notification one, Notice.Kind kind, Message message, Recipient recipient, boolean urgent) {
    UserSettings wishes = Objects.requireNonNull(settings.get(one.user()));
    String sender = message.senderName();
    return new Notice(
        one.conversation(),
        one.conversationKind(),
        one.seq(),
        one.messageId(),
        one.sender(),
        one.sentAt(),
        kind,
        new Words(
            message.conversationName(),
            sender == null ? "" : sender,
            wishes.preview() ? message.text() : null),
        urgent,
        facts.badge(one.user()),
        recipient.mentioned() || recipient.everyone(),
        expiresAt(one, message));
  }

  /** That there is nothing to show any more. */
  Notice withdrawal(Notification one) {
    return new Notice(
        one.conversation(),
        one.conversationKind(),
        one.seq(),
        one.messageId(),
        one.sender(),
        one.sentAt(),
        Notice.Kind.WITHDRAW,
        null,
        false,
        facts.badge(one.user()),
        false,
        null);
  }
}
