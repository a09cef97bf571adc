package io.parley.user.account;

import io.parley.common.access.SystemRole;
import io.parley.user.address.Address;
import io.parley.user.audit.Audit;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes admins of those whose verified address is listed in {@code parley.accounts.admin-emails}:
 * an installation needs one before anybody can make others. Taking an address off the list takes no
 * role away.
 */
@Component
public class FirstAdmins implements SmartInitializingSingleton {

  private final AccountStore store;
  private final Audit audit;
  private final TransactionTemplate transaction;
  private final List<String> emails;

  FirstAdmins(
      AccountStore store,
      Audit audit,
      TransactionTemplate transaction,
      AccountProperties properties) {
    this.store = store;
    this.audit = audit;
    this.transaction = transaction;
    this.emails =
        properties.adminEmails().stream()
            .map(Address::key)
            .filter(email -> !email.isEmpty())
            .toList();
  }

  @Override
  public void afterSingletonsInstantiated() {
    promote();
  }

  /** To be called when an address was verified. */
  public void promote() {
    if (emails.isEmpty()) {
      return;
    }
    transaction.executeWithoutResult(
        status ->
            store.findVerified(emails).stream()
                .filter(account -> account.role() != SystemRole.ADMIN)
                .forEach(this::promote));
  }

  private void promote(Account account) {
    account.become(SystemRole.ADMIN);
    audit.record(
        null,
        "role.changed",
        "user",
        account.id().toString(),
        Map.of("role", SystemRole.ADMIN.value(), "reason", "parley.accounts.admin-emails"));
  }
}
