package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import org.springframework.stereotype.Service;

/** Tells who is writing just now. */
@Service
public class Typing {

  private final OpenConversations openConversations;
  private final ChatRules rules;
  private final PassingEvents passing;
  private final UserLimits limits;

  Typing(
      OpenConversations openConversations,
      ChatRules rules,
      PassingEvents passing,
      UserLimits limits) {
    this.openConversations = openConversations;
    this.rules = rules;
    this.passing = passing;
    this.limits = limits;
  }

  /**
   * Says nothing of one who may not write.
   *
   * @throws io.parley.common.problems.ProblemException 403 {@code not-a-member}, 404 {@code
   *     conversation-not-found}, 429 {@code rate-limited}
   */
  public void typing(Caller caller, ConversationId conversation) {
    limits.frame(caller.id());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    if (rules.mayWrite(access)) {
      passing.tellOfTyping(access);
    }
  }
}
