package io.parley.message.privacy;

import io.parley.common.access.CalledBy;
import io.parley.common.access.FleetService;
import io.parley.common.ids.UserId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** For user-service, which puts the exports of all services into one archive. */
@RestController
@CalledBy(FleetService.USER_SERVICE)
class ExportController {

  private static final Logger log = LoggerFactory.getLogger(ExportController.class);

  private final Exports exports;

  ExportController(Exports exports) {
    this.exports = exports;
  }

  /** A failure half way breaks the connection off: a part must not be taken for the whole. */
  @GetMapping("/internal/users/{id}/export")
  void export(@PathVariable UserId id, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    try {
      exports.write(id, response.getOutputStream());
    } catch (RuntimeException e) {
      if (!response.isCommitted()) {
        throw e;
      }
      log.warn("an export breaks off: {}", e.toString());
      ServletContextRequest.getServletContextRequest(request)
          .getConnectionMetaData()
          .getConnection()
          .getEndPoint()
          .close(e);
    }
  }
}
