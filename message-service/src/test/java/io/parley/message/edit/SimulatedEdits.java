package io.parley.message.edit;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.change.Changes;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.log.SimulatedNode;
import io.parley.message.mention.MentionRows;
import io.parley.message.mention.Mentioned;
import io.parley.message.thread.SimulatedThreads;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Editing on a simulated node, by who is known to be allowed. */
public final class SimulatedEdits {

  private final Edits edits;
  private final SimulatedNode node;

  public SimulatedEdits(SimulatedNode node, MentionRows mentionRows) {
    this.node = node;
    this.edits =
        new Edits(
            node.log,
            node.reader,
            mentionRows,
            SimulatedThreads.NOBODY_FOLLOWS,
            JsonMapper.shared());
  }

  public LogProjection projection() {
    return edits;
  }

  /** As {@link Editing} does it, whatever the message says now. */
  public LogEvent edit(
      Changes changes,
      ConversationId conversation,
      long seq,
      UserId author,
      String text,
      Mentioned mentioned) {
    return changes.decide(
        () -> {
          LogEvent message = present(node.reader.at(conversation, seq));
          return edits.step(
              message,
              author,
              text,
              edits.isChange(message, text) ? mentioned : Mentioned.NOBODY,
              SimulatedEdits::present);
        });
  }

  private static LogEvent present(@Nullable LogEvent message) {
    if (message == null || message.kind() != LogEvent.Kind.MESSAGE || message.isDeleted()) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    return message;
  }

  /** What it says now; null when that is gone. */
  public @Nullable String text(LogEvent event) {
    return edits.text(event.content());
  }
}
