package io.parley.message.conversation;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.EventId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * @param name a group's name; null for a direct conversation
 * @param policy a group's rules; the usual ones for a direct conversation
 * @param archived whether it can only be read
 */
public record Conversation(
    ConversationId id, Kind kind, @Nullable String name, GroupPolicy policy, boolean archived) {

  /** Two users, or one alone with their notes; or the members of a group. */
  public enum Kind {
    DIRECT,
    GROUP
  }

  public static Conversation ofTwo(ConversationId id) {
    return new Conversation(id, Kind.DIRECT, null, GroupPolicy.USUAL, false);
  }

  public static Conversation ofGroup(
      ConversationId id, String name, @Nullable GroupPolicy policy, boolean archived) {
    return new Conversation(
        id, Kind.GROUP, name, policy == null ? GroupPolicy.USUAL : policy, archived);
  }

  /**
   * The same, whose messages disappear.
   *
   * @param seconds 0: they do not
   */
  public Conversation keepingMessagesFor(int seconds) {
    return new Conversation(id, kind, name, policy.withExpireSeconds(seconds), archived);
  }

  public boolean allows(Member member, GroupPermission permission) {
    return policy.allows(member.role(), member.overrides(), permission);
  }

  /**
   * The one direct conversation of two users: derived, so it can not exist twice. Of one user with
   * themselves it is where their notes are.
   */
  public static ConversationId direct(UserId one, UserId other) {
    boolean ordered = one.value().compareTo(other.value()) <= 0;
    UserId first = ordered ? one : other;
    UserId second = ordered ? other : one;
    return new ConversationId(
        EventId.nameBased(
            first.value(), second.value(), "direct".getBytes(StandardCharsets.US_ASCII)));
  }
}
