package io.parley.notification.bounce;

import io.parley.common.problems.ProblemException;
import io.parley.common.problems.Refuses;
import io.parley.notification.mail.MailMarks;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Mail servers and providers tell of mails that came back. */
@RestController
@Tag(name = "mailBounces", description = "Mails that came back, told by mail servers")
@RequestMapping("/api/v1/mail/bounces")
class BouncesController {

  private final Bounces bounces;
  private final DsnReader reader;
  private final MailMarks marks;
  private final BounceSecret secret;

  BouncesController(Bounces bounces, DsnReader reader, MailMarks marks, BounceSecret secret) {
    this.bounces = bounces;
    this.reader = reader;
    this.marks = marks;
    this.secret = secret;
  }

  /** Takes a mail's id and status code. */
  @Operation(summary = "Tell of a mail that came back, in JSON")
  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses({"unauthenticated", "not-found", "not-a-bounce"})
  void report(
      @Parameter(hidden = true) @RequestHeader(name = HttpHeaders.AUTHORIZATION, required = false)
          @Nullable String authorization,
      @Valid @RequestBody ReportBounce report) {
    secret.require(authorization);
    UUID mail = marks.find(report.messageId()).orElseThrow(this::notABounce);
    bounces.take(new DeliveryReport(mail, failure(new StatusCode(report.status()))));
  }

  /** Takes a delivery status notification (RFC 3464), as a mail server wrote it. */
  @Operation(summary = "Tell of a mail that came back, as the notification itself")
  @PostMapping(consumes = "message/rfc822")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses({"unauthenticated", "not-found", "not-a-bounce"})
  void take(
      @Parameter(hidden = true) @RequestHeader(name = HttpHeaders.AUTHORIZATION, required = false)
          @Nullable String authorization,
      @RequestBody byte[] notification) {
    secret.require(authorization);
    bounces.take(reader.read(notification).orElseThrow(this::notABounce));
  }

  private static @Nullable StatusCode failure(StatusCode status) {
    return status.isFailure() ? status : null;
  }

  private ProblemException notABounce() {
    bounces.unreadable();
    return new ProblemException(BounceProblem.NOT_A_BOUNCE);
  }
}
