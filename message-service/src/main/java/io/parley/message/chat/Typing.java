package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.message.delivery.Hub;
import org.springframework.stereotype.Service;

/** Tells who is writing just now. */
@Service
public class Typing {

  private final Hub hub;
  private final ChatRules rules;
  private final PassingEvents passing;

  Typing(Hub hub, ChatRules rules, PassingEvents passing) {
    this.hub = hub;
    this.rules = rules;
    this.passing = passing;
  }

  /**
   * Says nothing of one who may not write.
   *
   * @throws io.parley.common.problems.ProblemException 403 {@code not-a-member}, 404 {@code
   *     conversation-not-found}
   */
  public void typing(Caller caller, ConversationId conversation) {
    Hub.Access access = hub.access(conversation, caller.id());
    if (rules.mayWrite(access)) {
      passing.tellOfTyping(access);
    }
  }
}
