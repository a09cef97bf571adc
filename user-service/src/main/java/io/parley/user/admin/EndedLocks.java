package io.parley.user.admin;

import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The clock of {@link AdminUsers#unlockEnded}. Instances may do it at the same time. */
@Component
@EnableScheduling
class EndedLocks {

  private final AdminUsers users;

  EndedLocks(AdminUsers users) {
    this.users = users;
  }

  @Scheduled(fixedDelayString = "${parley.locks.look-each:10s}")
  void look() {
    users.unlockEnded();
  }
}
