package io.parley.user.account;

import io.parley.common.access.SystemRole;
import io.parley.common.ids.UserId;
import io.parley.user.address.Address;
import io.parley.user.audit.Audit;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes the first admin: an installation needs one before anybody can make others. It is whoever
 * shows to have both an address that is listed in {@code parley.accounts.admin-emails} and the
 * password of its account, by verifying the address with the password, or by setting one by a link
 * that was sent there. Once there is an admin the list means nothing any more: roles are given and
 * taken by admins, and what they take stays taken.
 */
@Component
public class FirstAdmins implements SmartInitializingSingleton {

  private static final Logger log = LoggerFactory.getLogger(FirstAdmins.class);

  private final Accounts accounts;
  private final Admins admins;
  private final Audit audit;
  private final TransactionTemplate transaction;
  private final List<String> emails;

  FirstAdmins(
      Accounts accounts,
      Admins admins,
      Audit audit,
      TransactionTemplate transaction,
      AccountProperties properties) {
    this.accounts = accounts;
    this.admins = admins;
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
    if (!emails.isEmpty() && !admins.exist()) {
      log.info(
          "There is no admin. An account becomes one when an address of PARLEY_ADMIN_EMAILS is"
              + " verified with its password, or its password is reset by mail.");
    }
  }

  /** Whether an account becomes an admin when it has this address and {@link #proven}. */
  public boolean awaits(String email) {
    return emails.contains(Address.key(email)) && !admins.exist();
  }

  /** Whoever has the account's password reads mail at its address. */
  public void proven(UserId id) {
    transaction.executeWithoutResult(
        status -> {
          Account account = accounts.get(id);
          if (account.isLocked() || account.email() == null || !awaits(account.email())) {
            return;
          }
          // Of two at once one is the first.
          admins.lock();
          if (!admins.exist()) {
            accounts.setRole(id, SystemRole.ADMIN);
            audit.record(
                null,
                "role.changed",
                "user",
                id.toString(),
                Map.of("role", SystemRole.ADMIN.value(), "reason", "parley.accounts.admin-emails"));
          }
        });
  }
}
