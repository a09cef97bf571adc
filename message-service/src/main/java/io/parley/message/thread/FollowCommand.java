package io.parley.message.thread;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.command.ConversationCommand;
import org.springframework.stereotype.Component;

/** Follows a thread over a socket, or does not any more. */
@Component
class FollowCommand implements ConversationCommand {

  private final Following following;

  FollowCommand(Following following) {
    this.following = following;
  }

  @Override
  public String path() {
    return "messages/{seq}/thread/follow";
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGES_WRITE;
  }

  @Override
  public void run(Caller caller, ConversationId conversation, long seq, Body body) {
    Boolean follow = body.as(FollowThread.class).follow();
    if (follow == null) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "follow: must be true or false");
    }
    if (follow) {
      following.follow(caller, conversation, seq);
    } else {
      following.unfollow(caller, conversation, seq);
    }
  }
}
