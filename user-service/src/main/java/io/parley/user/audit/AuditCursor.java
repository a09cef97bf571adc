package io.parley.user.audit;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/** The place of the last entry of a page. Opaque to clients. */
record AuditCursor(Instant at, UUID id) {

  static AuditCursor of(AuditEntry entry) {
    return new AuditCursor(entry.at(), entry.id());
  }

  /**
   * @throws ProblemException 400 when it is not one of ours
   */
  static AuditCursor parse(String text) {
    try {
      String[] parts =
          new String(Base64.getUrlDecoder().decode(text), StandardCharsets.ISO_8859_1).split(" ");
      if (parts.length == 2) {
        Instant at = Instant.parse(parts[0]);
        if (at.isAfter(Instant.EPOCH) && at.isBefore(AuditController.LATEST)) {
          return new AuditCursor(at, UUID.fromString(parts[1]));
        }
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      // Refused below.
    }
    throw new ProblemException(CommonProblem.INVALID_REQUEST, "cursor: is not from a page before");
  }

  String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((at + " " + id).getBytes(StandardCharsets.ISO_8859_1));
  }
}
