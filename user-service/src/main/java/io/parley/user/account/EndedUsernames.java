package io.parley.user.account;

import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The clock of {@link Accounts#forgetFormerUsernames}. Instances may do it at the same time. */
@Component
@EnableScheduling
class EndedUsernames {

  private final Accounts accounts;

  EndedUsernames(Accounts accounts) {
    this.accounts = accounts;
  }

  @Scheduled(initialDelayString = "10m", fixedDelayString = "1h")
  void look() {
    accounts.forgetFormerUsernames();
  }
}
