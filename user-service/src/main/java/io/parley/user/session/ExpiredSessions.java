package io.parley.user.session;

import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The clock of {@link Sessions#endExpired}. Instances may do it at the same time. */
@Component
@EnableScheduling
class ExpiredSessions {

  private final Sessions sessions;

  ExpiredSessions(Sessions sessions) {
    this.sessions = sessions;
  }

  @Scheduled(initialDelayString = "10m", fixedDelayString = "1h")
  void look() {
    boolean more = true;
    while (more) {
      more = sessions.endExpired();
    }
  }
}
