package io.parley.message.edit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.parley.common.ids.UserId;
import io.parley.message.change.Changes;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.log.LogReader;
import io.parley.message.mention.MentionRows;
import io.parley.message.mention.Mentioned;
import io.parley.message.thread.Involvement;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
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
  @JsonPropertyOrder({"target", "text", "expiresAt"})
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Edit(
      long target, String text, @Nullable Instant expiresAt, @JsonUnwrapped Mentioned mentioned) {}

  /** What is passed on is another's. */
  private static final List<String> KEPT =
      Stream.concat(LogEvent.PLACE_OF_MESSAGE.stream(), Stream.of(LogEvent.FORWARDED_FROM))
          .toList();

  private final EventLog log;
  private final LogReader reader;
  private final MentionRows mentionRows;
  private final Involvement followers;
  private final JsonMapper json;

  Edits(
      EventLog log,
      LogReader reader,
      MentionRows mentionRows,
      Involvement followers,
      JsonMapper json) {
    this.log = log;
    this.reader = reader;
    this.mentionRows = mentionRows;
    this.followers = followers;
    this.json = json;
  }

  /** It is gone when its message is. */
  String payload(LogEvent target, String text, Mentioned mentioned) {
    return json.writeValueAsString(new Edit(target.seq(), text, target.expiresAt(), mentioned));
  }

  /** The text of a message as it is now, or as an EDITED event made it; null when it is gone. */
  @Nullable String text(String payload) {
    return json.readTree(payload).path("text").stringValue(null);
  }

  boolean isChange(LogEvent message, String text) {
    return !text.equals(text(message.content()));
  }

  /**
   * Has a message say something else than it did when it was read. Of two who edit the same version
   * the log takes one: they call it the same.
   *
   * @param result of the message as it is then
   */
  <T> Changes.Step<T> step(
      LogEvent message,
      UserId author,
      String text,
      Mentioned mentioned,
      Function<LogEvent, T> result) {
    EventLog.Draft draft =
        new EventLog.Draft(
            message.conversation(),
            author,
            "edit " + message.seq() + " " + message.version(),
            LogEvent.Kind.EDITED,
            payload(message, text, mentioned),
            Mentioned::without);
    LogEvent[] edited = {message};
    return new Changes.Step<>(
        draft,
        isChange(message, text),
        event -> edited[0] = apply(event, message),
        event -> result.apply(edited[0]));
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
    content.retain(KEPT);
    content.setAll(edit);
    content.put("editedAt", event.at().toString());
    content.put("editedSeq", event.seq());
    return json.writeValueAsString(content);
  }
}
