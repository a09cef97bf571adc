package io.parley.notification.metrics;

import io.parley.common.metrics.MeterSpec;
import io.parley.common.metrics.Metered;

/** All that notification-service counts. */
public enum NotificationMeter implements Metered {
  PUSHES(
      MeterSpec.counter(
              "parley.pushes",
              "Tries to push to a device. `DEFERRED` is tried again, `GONE` removes the device,"
                  + " `SKIPPED`: push is off")
          .label("outcome", "SENT", "DEFERRED", "GONE", "REFUSED", "SKIPPED")
          .label("platform", "android", "ios", "web")),
  PUSH_TIME(
      MeterSpec.timer(
          "parley.push.send",
          "FCM's answer to a batch of up to 500 devices, waits included",
          MeterSpec.PATIENCE)),
  PUSH_DELAY(
      MeterSpec.timer(
          "parley.push.delay",
          "From the sending of a message until a device's push is taken by FCM, retries included;"
              + " by two machines' clocks",
          MeterSpec.RETRIED)),
  MAILS(
      MeterSpec.counter("parley.mails", "Mails that were handed in. `DEFERRED` is tried again")
          .label("outcome", "SENT", "DEFERRED", "REFUSED", "EXPIRED")
          .labelOf("template", "the mail's, as in mail.md; `unknown` of one that expired")),
  MAIL_TIME(
      MeterSpec.timer(
          "parley.mail.send", "The mail server's answer, connecting included", MeterSpec.PATIENCE)),
  HANDLED(
      MeterSpec.counter(
              "parley.notifications.handled",
              "Deliveries from RabbitMQ: `done` with nothing left to do, `later` into a retry queue,"
                  + " `dead` among the dead letters")
          .labelOf(
              "queue",
              "`parley.notifications.messages`, `parley.notifications.mails`,"
                  + " `parley.notifications.sessions`")
          .label("outcome", "done", "later", "dead"));

  @SuppressWarnings("ImmutableEnumChecker") // A spec copies its lists.
  private final MeterSpec spec;

  NotificationMeter(MeterSpec spec) {
    this.spec = spec;
  }

  @Override
  public MeterSpec spec() {
    return spec;
  }
}
