package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.message.command.ConversationCommand;
import org.springframework.stereotype.Component;

/** Deletes a message, for everybody or for oneself. */
@Component
class DeleteCommand implements ConversationCommand {

  private final Deleting deleting;

  DeleteCommand(Deleting deleting) {
    this.deleting = deleting;
  }

  @Override
  public String path() {
    return "messages/{seq}/delete";
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGES_WRITE;
  }

  @Override
  public void run(Caller caller, ConversationId conversation, long seq, Body body) {
    DeleteMessage command =
        body.isEmpty() ? DeleteMessage.FOR_EVERYBODY : body.as(DeleteMessage.class);
    deleting.delete(caller, conversation, seq, command);
  }
}
