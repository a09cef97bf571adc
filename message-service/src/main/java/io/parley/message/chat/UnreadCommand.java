package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.message.command.ConversationCommand;
import org.springframework.stereotype.Component;

/** Moves the read marker back. */
@Component
class UnreadCommand implements ConversationCommand {

  private final Marks marks;

  UnreadCommand(Marks marks) {
    this.marks = marks;
  }

  @Override
  public String path() {
    return "unread";
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGES_READ;
  }

  @Override
  public void run(Caller caller, ConversationId conversation, long seq, Body body) {
    marks.markUnread(caller, conversation, body.as(MarkRead.class));
  }
}
