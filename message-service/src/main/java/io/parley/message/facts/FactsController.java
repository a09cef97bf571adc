package io.parley.message.facts;

import io.parley.common.access.CalledBy;
import io.parley.common.access.FleetService;
import jakarta.validation.Valid;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** For notification-service, which decides by it whom to notify. */
@RestController
@CalledBy(FleetService.NOTIFICATION_SERVICE)
class FactsController {

  private final Facts facts;

  FactsController(Facts facts) {
    this.facts = facts;
  }

  @PostMapping("/internal/notifications/facts")
  FactsView ask(@Valid @RequestBody AskFacts asked) {
    asked.check();
    return facts.of(asked.questions());
  }
}
