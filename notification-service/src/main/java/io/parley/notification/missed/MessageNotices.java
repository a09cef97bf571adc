package io.parley.notification.missed;

import io.parley.common.access.AccessProperties;
import io.parley.common.events.MessagesMissed;
import io.parley.common.events.MessagesMissed.Content;
import io.parley.common.secrets.Seal;
import io.parley.notification.push.Notice;
import io.parley.notification.push.Notice.Kind;
import io.parley.notification.push.PushReport;
import io.parley.notification.push.Pushes;
import io.parley.notification.push.Words;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Decides whom a missed message is told, and in what words. */
@Service
class MessageNotices {

  private static final int MAX_MESSAGE_ID_CHARS = 200;

  private final Pushes pushes;
  private final Seal seal;
  private final JsonMapper json;

  MessageNotices(Pushes pushes, AccessProperties access, JsonMapper json) {
    this.pushes = pushes;
    this.seal = new Seal(access.secret(), MessagesMissed.PURPOSE);
    this.json = json;
  }

  /**
   * May be repeated, with the same or other recipients: a device is told of a message once.
   *
   * @throws IllegalStateException when its content can not be opened here
   */
  PushReport announce(MessagesMissed missed) {
    return pushes.push(notice(missed, open(missed)), new LinkedHashSet<>(missed.recipients()));
  }

  @SuppressWarnings("NullAway") // JSON may leave out what a record says is never null.
  private Content open(MessagesMissed missed) {
    String plain = seal.openText(missed.sealed(), missed.messageId());
    try {
      Content content = json.readValue(plain, Content.class);
      if (content != null && content.senderName() != null && content.preview() != null) {
        return content;
      }
    } catch (JacksonException e) {
      // Without its cause: that quotes what somebody wrote.
    }
    throw new IllegalStateException("the content of " + missed.messageId() + " is not readable");
  }

  static Notice notice(MessagesMissed missed, Content content) {
    return new Notice(
        missed.conversationId(),
        missed.conversationKind(),
        missed.seq(),
        missed.messageId(),
        missed.senderId(),
        missed.sentAt(),
        Kind.RING,
        new Words(content.conversationName(), content.senderName(), content.preview()),
        true,
        0,
        false,
        missed.expiresAt());
  }

  /**
   * @throws IllegalArgumentException when the event lacks something that every event has
   */
  static void check(MessagesMissed missed) {
    present("conversationId", missed.conversationId());
    present("conversationKind", missed.conversationKind());
    present("senderId", missed.senderId());
    present("sentAt", missed.sentAt());
    present("sealed", missed.sealed());
    present("messageId", missed.messageId());
    present("recipients", missed.recipients());
    String messageId = missed.messageId();
    if (messageId.isEmpty()
        || messageId.length() > MAX_MESSAGE_ID_CHARS
        || messageId.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("messageId is not an id");
    }
    if (missed.recipients().size() > MessagesMissed.MAX_RECIPIENTS) {
      throw new IllegalArgumentException("more than " + MessagesMissed.MAX_RECIPIENTS);
    }
    missed.recipients().forEach(recipient -> present("recipients[]", recipient));
  }

  private static void present(String name, @Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
  }
}
