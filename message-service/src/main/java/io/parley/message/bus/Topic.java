package io.parley.message.bus;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * A Redis shard channel: {@code bus:c:<conversation id>} or {@code bus:u:<user id>}, {@code
 * bus:p:<user id>}, or one that every node hears.
 */
public record Topic(char kind, UUID id) {

  /** {@code bus:b:<nil>}: conversations whose blocks have changed. */
  public static final Topic BLOCKS = new Topic('b', new UUID(0, 0));

  /** {@code bus:h:<nil>}: users who have hidden messages. */
  public static final Topic HIDDEN = new Topic('h', new UUID(0, 0));

  /** {@code bus:r:<nil>}: users who have switched read receipts on or off. */
  public static final Topic RECEIPTS = new Topic('r', new UUID(0, 0));

  /** {@code bus:f:<nil>}: users who have unfollowed a thread. */
  public static final Topic UNFOLLOWED = new Topic('f', new UUID(0, 0));

  public static Topic of(ConversationId conversation) {
    return new Topic('c', conversation.value());
  }

  public static Topic of(UserId user) {
    return new Topic('u', user.value());
  }

  /** How a user appears to others: heard by the nodes on which somebody watches the user. */
  public static Topic presenceOf(UserId user) {
    return new Topic('p', user.value());
  }

  boolean isConversation() {
    return kind == 'c';
  }

  boolean isUser() {
    return kind == 'u';
  }

  boolean isPresence() {
    return kind == 'p';
  }

  byte[] channel() {
    return ("bus:" + kind + ':' + id).getBytes(StandardCharsets.US_ASCII);
  }

  static Topic ofChannel(byte[] channel) {
    String name = new String(channel, StandardCharsets.US_ASCII);
    return new Topic(name.charAt(4), UUID.fromString(name.substring(6)));
  }
}
