package io.parley.notification.decision;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What message-service knows of some messages and those who may be told of them, at a moment. */
public final class Facts {

  /** What there is to know about one message for some users. */
  public record Question(ConversationId conversationId, long seq, List<UserId> userIds) {}

  /**
   * A message.
   *
   * @param conversationName null when it has none
   * @param members how many the conversation has
   * @param senderName null when nobody has that name any more
   * @param text the beginning of what was written; null when it is gone
   * @param gone deleted, disappeared, or not there at all
   * @param threadSeq root of the thread that it is a reply in; null: in none
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Message(
      ConversationId conversationId,
      long seq,
      @Nullable String conversationKind,
      @Nullable String conversationName,
      int members,
      @Nullable String senderName,
      @Nullable String text,
      boolean gone,
      @Nullable Instant editedAt,
      @Nullable Instant expiresAt,
      @Nullable Long threadSeq,
      List<Recipient> recipients) {

    public Message {
      recipients = List.copyOf(recipients);
    }

    /** Of its words: ascends with each edit. */
    long version() {
      return editedAt == null ? 0 : editedAt.toEpochMilli();
    }

    /** Whether it is there to be shown to the recipient. */
    public boolean stands(Recipient recipient, Instant now) {
      return !gone
          && (expiresAt == null || expiresAt.isAfter(now))
          && recipient.sees()
          && !recipient.read()
          && !recipient.blocked();
    }
  }

  /**
   * A message's recipient.
   *
   * @param sees is a member and has not hidden it
   * @param mutedUntil null: the conversation is not muted
   * @param mentioned by name
   * @param everyone meant by a mention of everyone
   * @param blocked one of author and recipient has blocked the other
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Recipient(
      UserId userId,
      boolean sees,
      boolean read,
      @Nullable Instant mutedUntil,
      boolean mentioned,
      boolean everyone,
      boolean followsThread,
      boolean blocked,
      boolean foreground,
      boolean doNotDisturb) {}

  private record Place(ConversationId conversation, long seq) {}

  private final Map<Place, Message> messages = new HashMap<>();
  private final Map<Place, Map<UserId, Recipient>> recipients = new HashMap<>();
  private final Map<UserId, Integer> badges = new HashMap<>();

  void add(Collection<Message> more, Map<UserId, Integer> moreBadges) {
    for (Message message : more) {
      Place place = new Place(message.conversationId(), message.seq());
      messages.put(place, message);
      Map<UserId, Recipient> byUser = recipients.computeIfAbsent(place, none -> new HashMap<>());
      message.recipients().forEach(recipient -> byUser.put(recipient.userId(), recipient));
    }
    badges.putAll(moreBadges);
  }

  /** Null when it was not told. */
  public @Nullable Message message(ConversationId conversation, long seq) {
    return messages.get(new Place(conversation, seq));
  }

  /** Null when it was not told. */
  public @Nullable Recipient recipient(ConversationId conversation, long seq, UserId user) {
    Map<UserId, Recipient> byUser = recipients.get(new Place(conversation, seq));
    return byUser == null ? null : byUser.get(user);
  }

  /** The user's unread messages. */
  int badge(UserId user) {
    return badges.getOrDefault(user, 0);
  }
}
