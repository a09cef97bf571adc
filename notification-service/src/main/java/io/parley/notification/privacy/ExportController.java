package io.parley.notification.privacy;

import io.parley.common.access.CalledBy;
import io.parley.common.access.FleetService;
import io.parley.common.ids.UserId;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** For user-service, which makes one archive of what all services hold. */
@RestController
@CalledBy(FleetService.USER_SERVICE)
class ExportController {

  private final PersonalData personalData;

  ExportController(PersonalData personalData) {
    this.personalData = personalData;
  }

  /** 200 for everybody: who exists is not known here. */
  @GetMapping("/internal/users/{id}/export")
  void export(@PathVariable UserId id, HttpServletResponse response) throws IOException {
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    personalData.export(id, response.getOutputStream());
  }
}
