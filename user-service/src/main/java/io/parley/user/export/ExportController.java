package io.parley.user.export;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Everything on one's own account. */
@RestController
@Tag(name = "export", description = "Everything on one's own account")
class ExportController {

  private final Exports exports;

  ExportController(Exports exports) {
    this.exports = exports;
  }

  /**
   * One ZIP with all that the fleet holds on the caller. An archive that could not be finished has
   * no end: the connection is broken off, and no unpacker takes it for whole.
   */
  @Operation(summary = "All that is held on the caller, as a ZIP")
  @ApiResponse(
      responseCode = "200",
      description = "A ZIP",
      content =
          @Content(
              mediaType = "application/zip",
              schema = @Schema(type = "string", format = "binary")))
  @GetMapping("/api/v1/users/me/export")
  @RequiresScope(Scope.ACCOUNT_SECURITY)
  @Refuses({"rate-limited", "export-unavailable"})
  void export(Caller caller, HttpServletResponse response) throws IOException {
    exports.write(
        caller,
        () -> {
          response.setContentType("application/zip");
          response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
          response.setHeader(
              HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"parley-export.zip\"");
          // From here on it is too late for a problem.
          response.flushBuffer();
          return response.getOutputStream();
        });
  }
}
