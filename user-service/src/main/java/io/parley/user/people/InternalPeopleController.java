package io.parley.user.people;

import io.parley.common.access.CalledBy;
import io.parley.common.access.FleetService;
import io.parley.common.edge.Page;
import jakarta.validation.Valid;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Accounts, for the other services. */
@RestController
class InternalPeopleController {

  private final People people;

  InternalPeopleController(People people) {
    this.people = people;
  }

  /** All on one page: the request is bounded. */
  @CalledBy({FleetService.GROUP_SERVICE, FleetService.MESSAGE_SERVICE})
  @PostMapping("/internal/users/lookup")
  Page<LookedUpView> lookUp(@Valid @RequestBody LookUpPeople question) {
    return new Page<>(people.lookUp(question.ids(), question.viewer()), null);
  }

  /** Those of the usernames that somebody has, on one page. */
  @CalledBy(FleetService.MESSAGE_SERVICE)
  @PostMapping("/internal/users/by-username")
  Page<LookedUpView> named(@Valid @RequestBody NamedPeople question) {
    return new Page<>(people.named(question.usernames()), null);
  }

  /** Those of the looks at somebody's presence that are allowed. */
  @CalledBy(FleetService.MESSAGE_SERVICE)
  @PostMapping("/internal/users/presence-audience")
  Page<PresenceLookView> presenceAudience(@Valid @RequestBody AskPresenceAudience question) {
    return new Page<>(people.presenceAudience(question.looks()), null);
  }
}
