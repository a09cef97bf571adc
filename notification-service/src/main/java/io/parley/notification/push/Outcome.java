package io.parley.notification.push;

/** How an attempt to push ended; the state of its row in {@code push_deliveries}. */
public enum Outcome {
  /** The push service has taken it. */
  SENT,
  /** It could not just then (429, 5xx, no answer): to be tried again. */
  DEFERRED,
  /** It does not know the device any more, which is removed. */
  GONE,
  /** It refuses it for another reason: trying again would not help. */
  REFUSED,
  /** Push is switched off. */
  SKIPPED
}
