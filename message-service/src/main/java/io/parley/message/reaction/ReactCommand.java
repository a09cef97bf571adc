package io.parley.message.reaction;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.message.command.ConversationCommand;
import org.springframework.stereotype.Component;

/** Reacts to a message over a socket, or takes that back. */
@Component
class ReactCommand implements ConversationCommand {

  private final Reacting reacting;

  ReactCommand(Reacting reacting) {
    this.reacting = reacting;
  }

  @Override
  public String path() {
    return "messages/{seq}/react";
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGES_WRITE;
  }

  @Override
  public void run(Caller caller, ConversationId conversation, long seq, Body body) {
    ReactToMessage command = body.as(ReactToMessage.class);
    boolean added = !Boolean.TRUE.equals(command.remove());
    reacting.react(caller, conversation, seq, command.emoji(), added);
  }
}
