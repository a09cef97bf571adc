package io.parley.notification.push;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param fcmEndpoint base URL of a stand-in for FCM, without a path; empty for the real one
 * @param fcmCredentials path of the service account's JSON; push is off when this and the endpoint
 *     are empty
 * @param fcmProject project id towards a stand-in; the real one is named by the credentials
 * @param lease how long a claim outlives the process that made it
 * @param keepDeliveries how long it is known what was pushed: a repeat of an older event would push
 *     again
 * @param retryDelays ascending; the wait after the first try for a device, the second, and so on;
 *     the last one repeats. What FCM asks for goes before, up to an hour
 * @param maxTries for a device; after as many a message that it was not to be told of becomes a
 *     dead letter
 */
@Validated
@ConfigurationProperties("parley.push")
record PushProperties(
    @DefaultValue("") String fcmEndpoint,
    @DefaultValue("") String fcmCredentials,
    @DefaultValue("parley-local") String fcmProject,
    @DefaultValue("30s") @NotNull Duration lease,
    @DefaultValue("7d") @NotNull Duration keepDeliveries,
    @DefaultValue({"2s", "10s", "1m", "5m", "15m"}) @NotEmpty List<Duration> retryDelays,
    @DefaultValue("9") @Min(1) int maxTries) {

  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  /**
   * @param tries made so far, from 1
   * @param asked by the other side
   */
  Duration pauseAfter(int tries, Duration asked) {
    Duration usual = retryDelays.get(Math.min(tries, retryDelays.size()) - 1);
    Duration heeded = asked.compareTo(LONGEST_RETRY_AFTER) < 0 ? asked : LONGEST_RETRY_AFTER;
    return usual.compareTo(heeded) < 0 ? heeded : usual;
  }
}
