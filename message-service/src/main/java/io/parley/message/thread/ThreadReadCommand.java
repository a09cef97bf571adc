package io.parley.message.thread;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.message.chat.MarkRead;
import io.parley.message.command.ConversationCommand;
import org.springframework.stereotype.Component;

/** Moves a thread's read marker forward. */
@Component
class ThreadReadCommand implements ConversationCommand {

  private final Following following;

  ThreadReadCommand(Following following) {
    this.following = following;
  }

  @Override
  public String path() {
    return "messages/{seq}/thread/read";
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGES_READ;
  }

  @Override
  public void run(Caller caller, ConversationId conversation, long seq, Body body) {
    following.markRead(caller, conversation, seq, body.as(MarkRead.class));
  }
}
