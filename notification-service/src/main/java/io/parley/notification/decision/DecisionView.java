package io.parley.notification.decision;

import io.parley.common.ids.ConversationId;
import io.parley.notification.device.DeviceId;
import io.parley.notification.push.PushRecord;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why the caller was, or was not, notified of a message.
 *
 * @param state how far it is
 * @param decision ring, none, or later while it waits
 * @param reason of the decision
 * @param why the reason in words
 * @param decidedAt null while it waits
 * @param withdrawn null unless it rang and is to be seen no more
 * @param devices what each was sent last about the message
 */
record DecisionView(
    ConversationId conversationId,
    long seq,
    String messageId,
    Instant sentAt,
    State state,
    Verdict decision,
    Reason reason,
    String why,
    @Nullable Instant decidedAt,
    @Nullable Withdrawn withdrawn,
    List<DeviceOutcome> devices) {

  /** Why what rang was taken away again. */
  record Withdrawn(Reason reason, String why) {}

  /**
   * @param kind ring, update or withdraw
   * @param state sent, deferred (tried again), gone (the device is removed), refused, skipped (push
   *     is off), claimed (under way)
   * @param error the push service's error code
   */
  record DeviceOutcome(
      DeviceId deviceId, String kind, String state, @Nullable String error, Instant at) {}

  static DecisionView of(DecisionRecord found, List<PushRecord> pushes) {
    State state = found.state();
    Reason reason = found.reason() == null ? Reason.HOLD : found.reason();
    Reason ended = found.ended();
    return new DecisionView(
        found.conversationId(),
        found.seq(),
        found.messageId(),
        found.sentAt(),
        state,
        reason.verdict(),
        reason,
        reason.words(),
        found.decidedAt(),
        ended == null ? null : new Withdrawn(ended, ended.words()),
        pushes.stream()
            .map(
                push ->
                    new DeviceOutcome(
                        push.deviceId(),
                        lowerCase(push.kind()),
                        lowerCase(push.state()),
                        push.error(),
                        push.at()))
            .toList());
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
