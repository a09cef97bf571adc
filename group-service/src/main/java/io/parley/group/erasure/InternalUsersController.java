package io.parley.group.erasure;

import io.parley.common.access.CalledBy;
import io.parley.common.access.FleetService;
import io.parley.common.ids.UserId;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What is held of an account, for user-service. */
@RestController
@CalledBy(FleetService.USER_SERVICE)
class InternalUsersController {

  private final Exports exports;

  InternalUsersController(Exports exports) {
    this.exports = exports;
  }

  /** All of it, by kind; empty lists for somebody unknown. */
  @GetMapping("/internal/users/{id}/export")
  Map<String, Object> export(@PathVariable UserId id) {
    return exports.of(id);
  }
}
