package io.parley.message.bus;

import io.parley.common.ids.UserId;
import java.nio.charset.StandardCharsets;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells a user's own connections, on whatever node they are, the one that asked included. What is
 * told is stored elsewhere and can be asked for, so it may get lost on the way.
 */
@Component
public class OwnDevices {

  private final RedisBus bus;
  private final JsonMapper json;

  OwnDevices(RedisBus bus, JsonMapper json) {
    this.bus = bus;
    this.json = json;
  }

  /**
   * @param event as JSON an object whose first member is its {@code type}
   */
  public void tell(UserId user, Object event) {
    String text = new String(json.writeValueAsBytes(event), StandardCharsets.UTF_8);
    bus.publish(Topic.of(user), BusEvent.passing(text));
  }
}
