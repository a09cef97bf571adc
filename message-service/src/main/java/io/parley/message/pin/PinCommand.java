package io.parley.message.pin;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.message.command.ConversationCommand;
import org.springframework.stereotype.Component;

/** Pins a message over a socket. */
@Component
class PinCommand implements ConversationCommand {

  private final Pinning pinning;

  PinCommand(Pinning pinning) {
    this.pinning = pinning;
  }

  @Override
  public String path() {
    return "messages/{seq}/pin";
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGES_WRITE;
  }

  @Override
  public void run(Caller caller, ConversationId conversation, long seq, Body body) {
    pinning.pin(caller, conversation, seq, true);
  }
}
