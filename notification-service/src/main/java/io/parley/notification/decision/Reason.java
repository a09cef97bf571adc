package io.parley.notification.decision;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Why somebody is notified of a message, or is not. The slug is a wire contract, as listed in
 * docs/api/notifications.md.
 */
enum Reason {
  MESSAGE(Verdict.RING, "A message for you."),
  MENTION(Verdict.RING, "You are mentioned, by name or with everyone."),
  KEYWORD(Verdict.RING, "One of your keywords is in it."),
  THREAD(Verdict.RING, "It is a reply in a thread that you follow."),
  ALWAYS_PUSH(
      Verdict.RING,
      "A client of yours was in the foreground, or you were not to be disturbed; you want to be"
          + " notified all the same."),

  HOLD(Verdict.LATER, "It is new; you may still read it."),
  FOREGROUND(Verdict.LATER, "A client of yours is in the foreground; you may still read it there."),
  FACTS_AWAY(Verdict.LATER, "What is known of the message can not be asked for just now."),

  DELETED(Verdict.NONE, "The message was deleted."),
  EXPIRED(Verdict.NONE, "The message has disappeared."),
  NOT_VISIBLE(
      Verdict.NONE,
      "You can not see the message: you are not a member any more, or have hidden it."),
  READ(Verdict.NONE, "You have read it."),
  TOO_OLD(Verdict.NONE, "The message was too old when it could be decided."),
  BLOCKED(Verdict.NONE, "You have blocked its author, or have been blocked."),
  MUTED(Verdict.NONE, "You have muted the conversation."),
  LEVEL_NONE(Verdict.NONE, "You want no notifications of this conversation or thread."),
  MENTIONS_ONLY(Verdict.NONE, "You want to be notified of mentions only."),
  LARGE_GROUP(Verdict.NONE, "The group has more members than you want to be notified of."),
  QUIET_HOURS(Verdict.NONE, "It came in your quiet hours."),
  DO_NOT_DISTURB(Verdict.NONE, "You were not to be disturbed."),
  NO_DEVICE(Verdict.NONE, "You have no device that can be notified."),
  FAILED(Verdict.NONE, "Something failed again and again.");

  private final Verdict verdict;
  private final String words;

  Reason(Verdict verdict, String words) {
    this.verdict = verdict;
    this.words = words;
  }

  /** What it leads to. */
  Verdict verdict() {
    return verdict;
  }

  @JsonValue
  String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** For the user. */
  String words() {
    return words;
  }

  /** Whether what has rung for another reason is to be taken away. */
  boolean takesAway() {
    return switch (this) {
      case DELETED, EXPIRED, NOT_VISIBLE, READ, BLOCKED -> true;
      default -> false;
    };
  }
}
