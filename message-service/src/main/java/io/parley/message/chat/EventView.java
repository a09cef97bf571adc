package io.parley.message.chat;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import io.parley.message.log.LogEvent;
import io.swagger.v3.oas.annotations.media.Schema;
import org.springframework.http.ResponseEntity;

/** An event as sockets show it, too. */
@Schema(implementation = EventShape.class)
public record EventView(@JsonValue @JsonRawValue String json) {

  public static EventView of(LogEvent event) {
    return new EventView(event.toJson());
  }

  /** A message, with the ETag of its version. */
  public static ResponseEntity<EventView> tagged(LogEvent message) {
    return ResponseEntity.ok().eTag("\"" + message.version() + "\"").body(of(message));
  }
}
