package io.parley.message.edit;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.message.command.ConversationCommand;
import org.springframework.stereotype.Component;

/** Edits a message over a socket. */
@Component
class EditCommand implements ConversationCommand {

  private final Editing editing;

  EditCommand(Editing editing) {
    this.editing = editing;
  }

  @Override
  public String path() {
    return "messages/{seq}/edit";
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGES_WRITE;
  }

  @Override
  public void run(Caller caller, ConversationId conversation, long seq, Body body) {
    editing.edit(caller, conversation, seq, body.as(EditMessage.class), null);
  }
}
