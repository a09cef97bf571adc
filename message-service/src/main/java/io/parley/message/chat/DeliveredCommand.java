package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.message.command.ConversationCommand;
import org.springframework.stereotype.Component;

/** Says how far a device has received. */
@Component
class DeliveredCommand implements ConversationCommand {

  private final Delivered delivered;

  DeliveredCommand(Delivered delivered) {
    this.delivered = delivered;
  }

  @Override
  public String path() {
    return "delivered";
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGES_READ;
  }

  @Override
  public void run(Caller caller, ConversationId conversation, long seq, Body body) {
    delivered.mark(caller, conversation, body.as(MarkDelivered.class));
  }
}
