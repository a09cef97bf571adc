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
          .label("channel", "fcm", "web-push")
          .label("kind", "ring", "update", "withdraw")
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
          "From the sending of a message, or from when no client in the foreground held it up any"
              + " more, until a device's push is taken, the hold and retries included; by two"
              + " machines' clocks",
          MeterSpec.RETRIED)),
  DECISIONS(
      MeterSpec.counter(
              "parley.notifications.decided",
              "Decisions whether a recipient is notified of a message: `ring`, `none`, or `later` each"
                  + " time that it is put off")
          .label("decision", "ring", "later", "none")
          .labelOf("reason", "as in [notifications](../api/notifications.md#reasons)")),
  NOTIFICATIONS_LATE(
      MeterSpec.age(
          "parley.notifications.late",
          "How long the oldest that is due, and in nobody's hand, has been so")),
  FACTS(
      MeterSpec.timer(
              "parley.facts",
              "Message-service's answer on up to 500 recipients of messages",
              MeterSpec.PATIENCE)
          .label("outcome", "answered", "unanswered")),
  MAILS(
      MeterSpec.counter(
              "parley.mails",
              "Mails that were handed in. `DEFERRED` is tried again, `NEEDLESS` had nothing left to"
                  + " say")
          .label("outcome", "SENT", "DEFERRED", "REFUSED", "EXPIRED", "NEEDLESS")
          .labelOf("template", "the mail's, as in mail.md; `unknown` of one that expired")),
  MAIL_TIME(
      MeterSpec.timer(
          "parley.mail.send", "The mail server's answer, connecting included", MeterSpec.PATIENCE)),
  BOUNCES(
      MeterSpec.counter(
              "parley.mail.bounces",
              "Reports on mails that came back: `HARD` there is no such mailbox, `SOFT` not this mail"
                  + " or not now, `NO_FAILURE` a delay or a delivery, `REPEATED` told before,"
                  + " `UNKNOWN` on a mail that is not known any more, `UNREADABLE` no report on a mail"
                  + " of ours")
          .label("outcome", "HARD", "SOFT", "NO_FAILURE", "REPEATED", "UNKNOWN", "UNREADABLE")),
  HANDLED(
      MeterSpec.counter(
              "parley.notifications.handled",
              "Deliveries from RabbitMQ: `done` with nothing left to do, `later` into a retry queue,"
                  + " `dead` among the dead letters")
          .labelOf(
              "queue",
              "`parley.notifications.stored`, `….changed`, `….read`, `….mails`, `….sessions`")
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
