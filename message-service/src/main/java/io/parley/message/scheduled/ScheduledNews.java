package io.parley.message.scheduled;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.parley.message.bus.OwnDevices;
import org.springframework.stereotype.Component;

/** Tells its author's devices what became of a scheduled message. */
@Component
class ScheduledNews {

  @JsonPropertyOrder({"type"})
  private record Scheduled(String type, @JsonUnwrapped ScheduledView view) {}

  private final OwnDevices devices;

  ScheduledNews(OwnDevices devices) {
    this.devices = devices;
  }

  void tell(ScheduledMessage message) {
    devices.tell(message.author(), new Scheduled("SCHEDULED", ScheduledView.of(message)));
  }
}
