package io.parley.user.audit;

import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit trail, of the same shape as the event by which other services report
 * theirs.
 *
 * @param id of the entry: the same one is kept once, however often it arrives
 * @param service where it happened
 * @param actor null when nobody was logged in
 * @param action dotted and in the past tense: {@code password.changed}
 * @param targetType what {@code targetId} is an id of: {@code user}, {@code session}, …
 * @param address the client's
 * @param details never a secret
 */
public record AuditEntry(
    UUID id,
    Instant at,
    String service,
    @Nullable UserId actor,
    String action,
    String targetType,
    @Nullable String targetId,
    @Nullable String address,
    @Nullable String requestId,
    Map<String, String> details) {

  public AuditEntry {
    details = Map.copyOf(details);
  }
}
