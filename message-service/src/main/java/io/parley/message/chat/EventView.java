package io.parley.message.chat;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import io.parley.message.log.LogEvent;
import io.swagger.v3.oas.annotations.media.Schema;

/** An event as sockets show it, too. */
@Schema(implementation = EventShape.class)
public record EventView(@JsonValue @JsonRawValue String json) {

  public static EventView of(LogEvent event) {
    return new EventView(event.toJson());
  }

  /**
   * @param members what else is shown with it: members of a JSON object, without its braces
   */
  static EventView of(LogEvent event, String members) {
    String json = event.toJson();
    return new EventView(json.substring(0, json.length() - 1) + ',' + members + '}');
  }
}
