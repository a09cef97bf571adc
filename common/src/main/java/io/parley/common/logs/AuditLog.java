package io.parley.common.logs;

import io.parley.common.events.AuditRecorded;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The logger {@code audit}: a line for each deed that goes into the audit trail, by the service in
 * which it was done, and with the id that it has in the trail.
 */
public final class AuditLog {

  private static final Logger log = LoggerFactory.getLogger("audit");

  private AuditLog() {}

  /** Once the deed is committed. */
  public static void write(AuditRecorded deed) {
    LoggingEventBuilder line =
        log.atInfo()
            .addKeyValue("audit.id", deed.id())
            .addKeyValue("audit.at", deed.at())
            .addKeyValue("audit.service", deed.service())
            .addKeyValue("audit.action", deed.action())
            .addKeyValue("audit.targetType", deed.targetType());
    line = with(line, "audit.actor", deed.actor());
    line = with(line, "audit.targetId", deed.targetId());
    line = with(line, "audit.address", deed.address());
    line = with(line, "audit.requestId", deed.requestId());
    for (Map.Entry<String, String> detail : deed.details().entrySet()) {
      line = line.addKeyValue("audit.details." + detail.getKey(), detail.getValue());
    }
    line.log("{} {} {}", deed.action(), deed.targetType(), deed.targetId());
  }

  private static LoggingEventBuilder with(
      LoggingEventBuilder line, String key, @Nullable Object value) {
    return value == null ? line : line.addKeyValue(key, value.toString());
  }
}
