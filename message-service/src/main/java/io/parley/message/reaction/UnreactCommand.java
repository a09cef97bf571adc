package io.parley.message.reaction;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.message.command.ConversationCommand;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Takes a reaction back over a socket. */
@Component
class UnreactCommand implements ConversationCommand {

  private record Unreact(@Nullable String emoji) {}

  private final Reacting reacting;

  UnreactCommand(Reacting reacting) {
    this.reacting = reacting;
  }

  @Override
  public String path() {
    return "messages/{seq}/unreact";
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGES_WRITE;
  }

  @Override
  public void run(Caller caller, ConversationId conversation, long seq, Body body) {
    reacting.react(caller, conversation, seq, body.as(Unreact.class).emoji(), false);
  }
}
