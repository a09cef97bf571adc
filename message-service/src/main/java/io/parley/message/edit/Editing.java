package io.parley.message.edit;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.change.Changes;
import io.parley.message.chat.ChatProperties;
import io.parley.message.chat.ChatRules;
import io.parley.message.chat.EventViews;
import io.parley.message.chat.Reading;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import io.parley.message.mention.Mentioned;
import io.parley.message.mention.Mentions;
import io.parley.message.text.MessageText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ETag;
import org.springframework.stereotype.Service;

/** Edits members' own messages, and shows what they said before. */
@Service
class Editing {

  /**
   * What a message said.
   *
   * @param seq of the event that made it say so: the message's own, or that of the edit
   * @param at when
   */
  record Version(long seq, String text, Instant at) {}

  private final OpenConversations openConversations;
  private final Reading reading;
  private final ChatRules rules;
  private final UserLimits limits;
  private final Changes changes;
  private final Edits edits;
  private final Mentions mentions;
  private final LogReader reader;
  private final ChatProperties messages;
  private final EditProperties properties;
  private final Clock clock;

  Editing(
      OpenConversations openConversations,
      Reading reading,
      ChatRules rules,
      UserLimits limits,
      Changes changes,
      Edits edits,
      Mentions mentions,
      LogReader reader,
      ChatProperties messages,
      EditProperties properties,
      Clock clock) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.rules = rules;
    this.limits = limits;
    this.changes = changes;
    this.edits = edits;
    this.mentions = mentions;
    this.reader = reader;
    this.messages = messages;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Has the caller's own message say something else. A repeat of the last edit changes nothing.
   *
   * @param ifMatch the ETag of what the caller read; null: whatever it says now
   * @return the message as it is then
   * @throws ProblemException 400 {@code invalid-request}, 403 {@code not-a-member}, {@code
   *     forbidden}, {@code blocked}, {@code muted}, {@code edit-too-late}, 404 {@code
   *     conversation-not-found}, {@code message-not-found}, 409 {@code conversation-archived}, 412
   *     {@code edited-meanwhile}, 429 {@code rate-limited}, 503 {@code store-unavailable}
   */
  LogEvent edit(
      Caller caller,
      ConversationId conversation,
      long seq,
      EditMessage command,
      @Nullable String ifMatch) {
    limits.send(caller.id());
    String text = MessageText.of(command.text(), messages.maxTextChars());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    return changes.decide(() -> step(access, own(access, seq), text, ifMatch));
  }

  private Changes.Step<LogEvent> step(
      OpenConversations.Access access, LogEvent message, String text, @Nullable String ifMatch) {
    // What it says already needs no precondition: the answer to this edit may have got lost.
    boolean isChange = edits.isChange(message, text);
    if (isChange) {
      requireMatch(message, ifMatch);
      admit(access, message);
    }
    return edits.step(
        message,
        access.member().user(),
        text,
        isChange ? mentions.of(access, text) : Mentioned.NOBODY,
        Editing::present);
  }

  private LogEvent own(OpenConversations.Access access, long seq) {
    LogEvent message = present(reading.message(access, seq));
    if (!access.member().user().equals(message.author())) {
      throw new ProblemException(CommonProblem.FORBIDDEN, "Only its author may edit a message");
    }
    return message;
  }

  private static LogEvent present(@Nullable LogEvent message) {
    if (message == null || message.isDeleted()) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    return message;
  }

  private void admit(OpenConversations.Access access, LogEvent message) {
    rules.admitChanging(access);
    Conversation conversation = access.conversation();
    Duration window =
        conversation.kind() == Conversation.Kind.GROUP
            ? conversation.policy().editWindow()
            : properties.window();
    if (clock.instant().isAfter(message.at().plus(window))) {
      throw new ProblemException(
          ConversationProblem.EDIT_TOO_LATE,
          window.isZero()
              ? "Messages can not be edited here"
              : "A message can be edited for " + window.toSeconds() + " s after it was sent");
    }
    if (message.changes().edits().size() >= properties.max()) {
      throw new ProblemException(
          ConversationProblem.EDIT_TOO_LATE,
          "A message can be edited " + properties.max() + " times");
    }
  }

  /** Weak or not: a proxy that compresses makes tags weak. */
  private static void requireMatch(LogEvent message, @Nullable String ifMatch) {
    if (ifMatch == null) {
      return;
    }
    for (ETag tag : ETag.parse(ifMatch)) {
      if (tag.isWildcard() || EventViews.isOf(tag.tag(), message)) {
        return;
      }
    }
    throw new ProblemException(ConversationProblem.EDITED_MEANWHILE);
  }

  /**
   * What a message has said, the first version first: for its author and those who may moderate it.
   *
   * @throws ProblemException 403 {@code not-a-member}, {@code forbidden}, 404 {@code
   *     conversation-not-found}, {@code message-not-found}
   */
  List<Version> versions(Caller caller, ConversationId conversation, long seq) {
    limits.frame(caller.id());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    LogEvent message = present(reading.message(access, seq));
    rules.admitModerating(access, message);
    List<Version> versions = new ArrayList<>();
    add(versions, message, message.payload());
    for (long edit : new TreeSet<>(message.changes().edits())) {
      LogEvent event = reader.at(conversation, edit);
      if (event != null) {
        add(versions, event, event.payload());
      }
    }
    return versions;
  }

  private void add(List<Version> versions, LogEvent event, String payload) {
    String text = edits.text(payload);
    if (text != null) {
      versions.add(new Version(event.seq(), text, event.at()));
    }
  }
}
