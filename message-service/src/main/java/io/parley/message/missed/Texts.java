package io.parley.message.missed;

import io.parley.common.ids.UserId;
import io.parley.message.conversation.FleetClient;
import io.parley.message.log.LogEvent;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What a message that is read from the log says, and who says it. */
@Component
class Texts {

  private final FleetClient fleet;
  private final JsonMapper json;

  Texts(FleetClient fleet, JsonMapper json) {
    this.fleet = fleet;
    this.json = json;
  }

  String of(LogEvent message) {
    return json.readTree(message.payload()).path("text").asString();
  }

  /**
   * @return without those whose account is gone
   * @throws io.parley.common.problems.ProblemException 503 when user-service does not answer
   */
  Map<UserId, String> namesOfAuthors(Collection<LogEvent> messages) {
    return fleet.usernames(
        messages.stream()
            .map(LogEvent::author)
            .filter(Objects::nonNull)
            .collect(Collectors.toSet()));
  }
}
