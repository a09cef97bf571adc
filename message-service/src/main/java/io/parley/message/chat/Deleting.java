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
import org.springframework.stereotype.Service;

/** Deletes messages for everybody, as far as a member may. */
@Service
public class Deleting {

  private final OpenConversations openConversations;
  private final Reading reading;
  private final ChatRules rules;
  private final Deletions deletions;
  private final AuditTrail audit;
  private final UserLimits limits;

  Deleting(
      OpenConversations openConversations,
      Reading reading,
      ChatRules rules,
      Deletions deletions,
      AuditTrail audit,
      UserLimits limits) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.rules = rules;
    this.deletions = deletions;
    this.audit = audit;
    this.limits = limits;
  }

  /**
   * Deletes the content of a message for everybody.
   *
   * @return the event that says so; the first one, if it was deleted before
   * @throws ProblemException 403 {@code not-a-member}, {@code forbidden}, 404 {@code
   *     conversation-not-found}, {@code message-not-found}, 429 {@code rate-limited}, 503 {@code
   *     store-unavailable}
   */
  public LogEvent delete(Caller caller, ConversationId conversation, long seq) {
    limits.frame(caller.id());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    LogEvent target = reading.message(access, seq);
    if (target == null) {
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
