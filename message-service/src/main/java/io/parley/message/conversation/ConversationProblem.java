package io.parley.message.conversation;

import io.parley.common.problems.ProblemException;
import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals that concern conversations and their members. */
public enum ConversationProblem implements ProblemType {
  CONVERSATION_NOT_FOUND(
      HttpStatus.NOT_FOUND, "conversation-not-found", "There is no such conversation"),
  NOT_A_MEMBER(HttpStatus.FORBIDDEN, "not-a-member", "Not a member of this conversation"),
  BLOCKED(HttpStatus.FORBIDDEN, "blocked", "One of the two has blocked the other"),
  UNKNOWN_USER(HttpStatus.NOT_FOUND, "unknown-user", "There is no such user"),
  MUTED(HttpStatus.FORBIDDEN, "muted", "Muted in this conversation"),
  CONVERSATION_ARCHIVED(
      HttpStatus.CONFLICT, "conversation-archived", "This conversation is archived"),
  MESSAGE_NOT_FOUND(HttpStatus.NOT_FOUND, "message-not-found", "There is no such message"),
  TOO_MANY_REACTIONS(
      HttpStatus.CONFLICT,
      "too-many-reactions",
      "There are too many kinds of reactions to this message"),
  TOO_MANY_PINS(
      HttpStatus.CONFLICT,
      "too-many-pins",
      "There are too many pinned messages in this conversation"),
  EDIT_TOO_LATE(HttpStatus.FORBIDDEN, "edit-too-late", "The message can not be edited any more"),
  EDITED_MEANWHILE(
      HttpStatus.PRECONDITION_FAILED,
      "edited-meanwhile",
      "The message was edited since it was read; read it again");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  ConversationProblem(HttpStatus status, String slug, String title) {
    this.status = status;
    this.slug = slug;
    this.title = title;
  }

  /**
   * What one is told who is no member. The id of a direct conversation can be derived from its two
   * users, so whether it exists would tell anybody who talks to whom. A group's id is known only to
   * who has got it from a member or was one: that one is to learn that it is over.
   */
  public static ProblemException ofStranger(Conversation conversation) {
    return new ProblemException(
        conversation.kind() == Conversation.Kind.DIRECT ? CONVERSATION_NOT_FOUND : NOT_A_MEMBER);
  }

  @Override
  public HttpStatus status() {
    return status;
  }

  @Override
  public String slug() {
    return slug;
  }

  @Override
  public String title() {
    return title;
  }
}
