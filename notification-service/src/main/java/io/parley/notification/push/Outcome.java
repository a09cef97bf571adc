package io.parley.notification.push;

/** How an attempt to push ended; the state of its row in {@code push_deliveries}. */
enum Outcome {
  /** FCM has taken it. */
  SENT,
  /** FCM could not just then (429, 5xx, no answer): to be tried again. */
  DEFERRED,
  /** FCM does not know the token any more: the device is removed. */
  GONE,
  /** FCM refuses it for another reason: trying again would not help. */
  REFUSED,
  /** Push is switched off. */
  SKIPPED
}
