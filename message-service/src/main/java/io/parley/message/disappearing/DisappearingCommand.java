package io.parley.message.disappearing;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.message.command.ConversationCommand;
import org.springframework.stereotype.Component;

/** Says over a socket how long messages stay. */
@Component
class DisappearingCommand implements ConversationCommand {

  private final Disappearing disappearing;

  DisappearingCommand(Disappearing disappearing) {
    this.disappearing = disappearing;
  }

  @Override
  public String path() {
    return "disappearing";
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGES_WRITE;
  }

  @Override
  public void run(Caller caller, ConversationId conversation, long seq, Body body) {
    disappearing.set(caller, conversation, body.as(MessageLife.class));
  }
}
