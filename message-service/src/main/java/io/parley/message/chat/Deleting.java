package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.audit.AuditTrail;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.deletion.Deletions;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogEvent;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Deletes messages: for everybody as far as a member may, or for the member alone. */
@Service
public class Deleting {

  private final OpenConversations openConversations;
  private final Reading reading;
  private final ChatRules rules;
  private final Deletions deletions;
  private final AuditTrail audit;
  private final UserLimits limits;
  private final Hiding hiding;

  Deleting(
      OpenConversations openConversations,
      Reading reading,
      ChatRules rules,
      Deletions deletions,
      AuditTrail audit,
      UserLimits limits,
      Hiding hiding) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.rules = rules;
    this.deletions = deletions;
    this.audit = audit;
    this.limits = limits;
    this.hiding = hiding;
  }

  /**
   * Deletes the content of a message for whom the command says.
   *
   * @return the event that says so, if it is for everybody; null: nobody else is told
   * @throws ProblemException 400 {@code invalid-request}, and as {@link #delete(Caller,
   *     ConversationId, long)}
   */
  public @Nullable LogEvent delete(
      Caller caller, ConversationId conversation, long seq, DeleteMessage command) {
    if (command.isForMe()) {
      hiding.hide(caller, conversation, seq);
      return null;
    }
    return delete(caller, conversation, seq);
  }

  /**
   * Deletes the content of a message for everybody.
   *
   * @return the event that says so; the first one, if it was deleted before
   * @throws ProblemException 403 {@code not-a-member}, {@code forbidden}, 404 {@code
   *     conversation-not-found}, {@code message-not-found}, 429 {@code rate-limited}, 503 {@code
   *     store-unavailable}
   */
  LogEvent delete(Caller caller, ConversationId conversation, long seq) {
    limits.frame(caller.id());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    LogEvent target = reading.message(access, seq);
    if (target == null || target.isExpired()) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    rules.admitModerating(access, target);
    LogEvent event = deletions.delete(target, caller.id());
    UserId author = target.author();
    boolean othersMessage = author != null && !author.equals(caller.id());
    if (othersMessage && caller.id().equals(event.author())) {
      audit.record(
          event.id().value(),
          caller.id(),
          "message.deleted",
          "message",
          target.id().toString(),
          Map.of(
              "conversationId",
              conversation.toString(),
              "seq",
              String.valueOf(seq),
              "authorId",
              String.valueOf(author)));
    }
    return event;
  }
}
