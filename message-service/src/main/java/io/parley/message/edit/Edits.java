package io.parley.message.edit;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.log.LogReader;
import io.parley.message.mention.MentionRows;
import io.parley.message.mention.Mentioned;
import io.parley.message.thread.Followers;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What edits make of messages (ADR 0018). The text that a message has now is in its own row, so
 * that reading it costs nothing more; older ones are in the row, too, and in the EDITED events.
 */
@Service
class Edits implements LogProjection {

  /** The payload of an EDITED event. */
  @JsonPropertyOrder({"target", "text"})
  private record Edit(long target, String text, @JsonUnwrapped Mentioned mentioned) {}

  private final EventLog log;
  private final LogReader reader;
  private final MentionRows mentionRows;
  private final Followers followers;
  private final JsonMapper json;

  Edits(
      EventLog log,
      LogReader reader,
      MentionRows mentionRows,
      Followers followers,
      JsonMapper json) {
    this.log = log;
    this.reader = reader;
    this.mentionRows = mentionRows;
    this.followers = followers;
    this.json = json;
  }

  String payload(long target, String text, Mentioned mentioned) {
    return json.writeValueAsString(new Edit(target, text, mentioned));
  }

  /** The text of a message as it is now, or as an EDITED event made it; null when it is gone. */
  @Nullable String text(String payload) {
    return json.readTree(payload).path("text").stringValue(null);
  }

  @Override
  public boolean covers(LogEvent event) {
    return event.kind() == LogEvent.Kind.EDITED;
  }

  @Override
  public void apply(LogEvent event) {
    LogEvent message = reader.at(event.conversation(), event.target());
    if (message != null) {
      apply(event, message);
    }
  }

  /**
   * @return the message as it is then: of several edits it has the text of the last, and one that
   *     is being deleted stays so
   */
  LogEvent apply(LogEvent event, LogEvent message) {
    if (!event.isDeleted() && !message.isDeleted()) {
      Mentioned now = mentionRows.of(event.payload());
      // Before the text: who does this again must still find who was mentioned until now.
      mentionRows.put(message, mentionRows.of(message.content()), now, event.seq());
      log.edit(message, event.seq(), content(event, message));
      followers.named(message, now.users());
      LogEvent edited = reader.at(message.conversation(), message.seq());
      message = edited == null ? message : edited;
    }
    if (!event.isDeleted() && message.isDeleted()) {
      // Who deletes it may not have known of this edit.
      log.forgetEdit(event);
    }
    return message;
  }

  private String content(LogEvent event, LogEvent message) {
    ObjectNode content = (ObjectNode) json.readTree(message.payload());
    ObjectNode edit = (ObjectNode) json.readTree(event.payload());
    edit.remove("target");
    content.retain(LogEvent.PLACE_OF_MESSAGE);
    content.setAll(edit);
    content.put("editedAt", event.at().toString());
    content.put("editedSeq", event.seq());
    return json.writeValueAsString(content);
  }
}
