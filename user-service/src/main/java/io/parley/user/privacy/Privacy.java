package io.parley.user.privacy;

import io.parley.common.ids.UserId;
import io.parley.user.account.Accounts;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The privacy settings of accounts. What they mean, {@code People} says. */
@Service
public class Privacy {

  private final PrivacyStore store;
  private final Accounts accounts;

  Privacy(PrivacyStore store, Accounts accounts) {
    this.store = store;
    this.accounts = accounts;
  }

  @Transactional
  public PrivacySettings get(UserId account) {
    return store.find(account).orElse(PrivacySettings.USUAL);
  }

  @Transactional
  PrivacySettings set(UserId account, PrivacySettings settings) {
    accounts.get(account);
    store.save(account, settings);
    return settings;
  }
}
