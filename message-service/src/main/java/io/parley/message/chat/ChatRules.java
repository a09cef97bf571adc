package io.parley.message.chat;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.blocks.Blocks;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.conversation.Member;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.log.LogEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * What blocks and the rules of a group let a member do with messages. A look into memory, but for
 * slow mode and the first look at a direct conversation's blocks.
 */
@Component
public class ChatRules {

  private final Blocks blocks;
  private final RedisSlowMode slowMode;
  private final Clock clock;

  ChatRules(Blocks blocks, RedisSlowMode slowMode, Clock clock) {
    this.blocks = blocks;
    this.slowMode = slowMode;
    this.clock = clock;
  }

  /**
   * @throws ProblemException 403 {@code blocked}, {@code forbidden} with {@code permission}, {@code
   *     muted} with {@code until}, 409 {@code conversation-archived}, 429 {@code rate-limited} with
   *     the limiter {@code slow-mode}
   */
  void admitWriting(OpenConversations.Access access, String clientMessageId) {
    admitChanging(access);
    Conversation conversation = access.conversation();
    Member member = access.member();
    int seconds = conversation.policy().slowModeSeconds();
    if (seconds > 0 && !member.role().atLeast(GroupRole.MODERATOR)) {
      Duration wait =
          slowMode.admit(
              conversation.id(), member.user(), clientMessageId, Duration.ofSeconds(seconds));
      if (!wait.isZero()) {
        long retryAfter = Math.ceilDiv(wait.toMillis(), 1_000L);
        throw new ProblemException(
            CommonProblem.RATE_LIMITED,
            "Slow mode: one message every " + seconds + " seconds",
            Map.of("limiter", "slow-mode", "retryAfter", retryAfter));
      }
    }
  }

  /**
   * As for writing, but for slow mode: for changing what was written, and reacting to it.
   *
   * @throws ProblemException 403 {@code blocked}, {@code forbidden} with {@code permission}, {@code
   *     muted} with {@code until}, 409 {@code conversation-archived}
   */
  public void admitChanging(OpenConversations.Access access) {
    admit(access, GroupPermission.WRITE);
  }

  /**
   * For what others notice and what needs a permission of its own.
   *
   * @throws ProblemException as {@link #admitChanging}
   */
  public void admit(OpenConversations.Access access, GroupPermission permission) {
    Conversation conversation = access.conversation();
    Member member = access.member();
    if (blocks.isBlocked(conversation)) {
      throw new ProblemException(ConversationProblem.BLOCKED);
    }
    if (conversation.archived()) {
      throw new ProblemException(ConversationProblem.CONVERSATION_ARCHIVED);
    }
    if (!conversation.allows(member, permission)) {
      throw lacking(permission);
    }
    if (isMuted(member)) {
      Instant until = member.mutedUntil();
      throw new ProblemException(
          ConversationProblem.MUTED,
          "Muted until " + until,
          Map.of("until", String.valueOf(until)));
    }
  }

  private boolean isMuted(Member member) {
    Instant until = member.mutedUntil();
    return until != null && until.isAfter(clock.instant());
  }

  /** Whether a member would be let through now; slow mode is not asked. */
  boolean mayWrite(OpenConversations.Access access) {
    return !blocks.isBlocked(access.conversation())
        && !access.conversation().archived()
        && access.conversation().allows(access.member(), GroupPermission.WRITE)
        && !isMuted(access.member());
  }

  /**
   * @throws ProblemException 403 {@code forbidden} with {@code permission}
   */
  public void require(OpenConversations.Access access, GroupPermission permission) {
    if (!access.conversation().allows(access.member(), permission)) {
      throw lacking(permission);
    }
  }

  /**
   * One's own messages, and with the permission to moderate those of lower members and of who is no
   * member any more.
   *
   * @throws ProblemException 403 {@code forbidden} with {@code permission}
   */
  public void admitModerating(OpenConversations.Access access, LogEvent message) {
    Member member = access.member();
    if (member.user().equals(message.author())) {
      return;
    }
    boolean direct = access.conversation().kind() == Conversation.Kind.DIRECT;
    if (direct || !access.conversation().allows(member, GroupPermission.MODERATE)) {
      throw lacking(GroupPermission.MODERATE);
    }
    Member author = message.author() == null ? null : access.roster().get(message.author());
    if (author != null && !member.role().above(author.role())) {
      throw new ProblemException(
          CommonProblem.FORBIDDEN,
          "The author's role is not below yours",
          Map.of("permission", GroupPermission.MODERATE.value()));
    }
  }

  private static ProblemException lacking(GroupPermission permission) {
    return new ProblemException(
        CommonProblem.FORBIDDEN,
        "This group does not let you do this: " + permission.value(),
        Map.of("permission", permission.value()));
  }
}
