package io.parley.notification.bounce;

import io.parley.notification.mail.RecipientRefused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** What the mail server refused at once has bounced, too. */
@Component
class RefusalsListener {

  private static final Logger log = LoggerFactory.getLogger(RefusalsListener.class);

  private final Bounces bounces;

  RefusalsListener(Bounces bounces) {
    this.bounces = bounces;
  }

  /** What became of the mail is recorded already: a failure here must not have it tried again. */
  @EventListener
  void on(RecipientRefused refused) {
    try {
      bounces.take(refused.mail(), new StatusCode(refused.status()));
    } catch (RuntimeException e) {
      log.warn("that mail {} was refused is not told: {}", refused.mail(), e.toString());
    }
  }
}
