package io.parley.user.admin;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.access.SystemRole;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.AccountKind;
import io.parley.user.account.Accounts;
import io.parley.user.account.Admins;
import io.parley.user.account.UsernameCursor;
import io.parley.user.audit.Audit;
import io.parley.user.erasure.AuthoredMessages;
import io.parley.user.erasure.ErasureAccepted;
import io.parley.user.erasure.Erasures;
import io.parley.user.mail.Notice;
import io.parley.user.mail.Notices;
import io.parley.user.personaltoken.PersonalAccessTokens;
import io.parley.user.session.EndReason;
import io.parley.user.session.Sessions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * What those with a role do to accounts. Invariants: nobody acts on a role as high as the own,
 * except admins on admins; there is always an admin; everything is in the audit trail.
 */
@Service
class AdminUsers {

  private static final int BATCH = 100;

  /** Who is locked for longer, is locked without an end. */
  private static final Duration LONGEST_LOCK = Duration.ofDays(3650);

  private final AdminStore store;
  private final Accounts accounts;
  private final Admins admins;
  private final Sessions sessions;
  private final PersonalAccessTokens tokens;
  private final Erasures erasures;
  private final Notices notices;
  private final Audit audit;
  private final Clock clock;

  AdminUsers(
      AdminStore store,
      Accounts accounts,
      Admins admins,
      Sessions sessions,
      PersonalAccessTokens tokens,
      Erasures erasures,
      Notices notices,
      Audit audit,
      Clock clock) {
    this.store = store;
    this.accounts = accounts;
    this.admins = admins;
    this.sessions = sessions;
    this.tokens = tokens;
    this.erasures = erasures;
    this.notices = notices;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Whoever looks for people leaves a line of it, before they see any: as with {@link #get}, nobody
   * looks unseen.
   */
  @Transactional
  void searched(Caller caller, FindAccounts question) {
    requireMayAsk(caller, question);
    Map<String, String> details = new HashMap<>();
    note(details, "query", question.query());
    note(details, "email", question.email());
    note(details, "role", question.role() == null ? null : question.role().value());
    note(details, "locked", question.locked() == null ? null : question.locked().toString());
    audit.record(caller.id(), "users.searched", "user", null, details);
  }

  private static void requireMayAsk(Caller caller, FindAccounts question) {
    if (question.email() != null) {
      caller.require(Scope.ADMIN);
    }
  }

  private static void note(Map<String, String> details, String name, @Nullable String value) {
    if (value != null) {
      details.put(name, value);
    }
  }

  /**
   * By username.
   *
   * @param cursor the {@code next} of the page before
   * @throws ProblemException 403 {@code insufficient-scope} when a moderator asks for an address
   */
  @Transactional(readOnly = true)
  Page<AdminUserView> find(
      Caller caller, FindAccounts question, int limit, @Nullable String cursor) {
    requireMayAsk(caller, question);
    List<AdminUserView> found =
        store.find(question, UsernameCursor.after(cursor), limit + 1).stream()
            .map(view -> shown(caller, view))
            .toList();
    return UsernameCursor.page(found, limit, AdminUserView::username);
  }

  /**
   * @throws ProblemException 404 {@code not-found}
   */
  @Transactional
  AdminUserDetails get(Caller caller, UserId id) {
    AdminUserView view =
        store
            .find(id)
            .orElseThrow(() -> new ProblemException(CommonProblem.NOT_FOUND, "No such user"));
    audit.record(caller.id(), "user.viewed", "user", id.toString(), Map.of());
    return new AdminUserDetails(shown(caller, view), isAdmin(caller) ? sessions.listOf(id) : null);
  }

  private static AdminUserView shown(Caller caller, AdminUserView view) {
    return isAdmin(caller) ? view : view.withoutEmail();
  }

  private static boolean isAdmin(Caller caller) {
    return caller.scopes().contains(Scope.ADMIN);
  }

  /**
   * Lets the account in nowhere, at once, until the time given or until somebody unlocks it.
   *
   * @throws ProblemException 400 for a time that is over or too far; 403 {@code role-too-low}; 404
   *     {@code not-found}; 409 {@code last-admin}, {@code own-account}
   */
  @Transactional
  void lock(Caller caller, UserId id, LockAccount command) {
    Instant now = now();
    Instant until = command.until();
    if (until != null && !(until.isAfter(now) && until.isBefore(now.plus(LONGEST_LOCK)))) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "until: must be within ten years from now");
    }
    requireOther(caller, id);
    boolean locked = requireReach(caller, id).isLocked();
    admins.requireAnother(id);
    Account account = accounts.setLocked(id, true);
    store.saveLock(id, new AccountLock(command.reason(), until, caller.id(), now));
    sessions.endAll(id, caller.id(), EndReason.LOCKED);
    tokens.suspendAll(id);
    Map<String, String> details = new HashMap<>(Map.of("reason", command.reason()));
    if (until != null) {
      details.put("until", until.toString());
    }
    audit.record(caller.id(), "user.locked", "user", id.toString(), details);
    if (!locked) {
      // Neither the reason nor who did it: both are for admins.
      notices.tell(
          account,
          Notice.ACCOUNT_LOCKED,
          null,
          until == null ? Map.of() : Map.of("until", until.toString()));
    }
  }

  /**
   * Nothing happens when it is not locked.
   *
   * @throws ProblemException 403 {@code role-too-low}; 404 {@code not-found}
   */
  @Transactional
  void unlock(Caller caller, UserId id) {
    if (requireReach(caller, id).isLocked()) {
      unlock(caller.id(), id, "by hand");
    }
  }

  /** Unlocks those whose time is over. */
  @Transactional
  void unlockEnded() {
    for (UserId id : store.endedLocks(now(), BATCH)) {
      unlock((UserId) null, id, "its time is over");
    }
  }

  private void unlock(@Nullable UserId actor, UserId id, String why) {
    Account account = accounts.setLocked(id, false);
    store.deleteLock(id);
    notices.tell(account, Notice.ACCOUNT_UNLOCKED, null, Map.of());
    audit.record(actor, "user.unlocked", "user", id.toString(), Map.of("why", why));
  }

  /**
   * Whoever loses rights has to log in again: a token that is out has the scopes of the old role.
   *
   * @throws ProblemException 403 {@code role-too-low}; 404 {@code not-found}; 409 {@code
   *     last-admin}, {@code bots-have-no-role}
   */
  @Transactional
  void setRole(Caller caller, UserId id, SystemRole role) {
    Account account = requireReach(caller, id);
    SystemRole before = account.role();
    if (before == role) {
      return;
    }
    if (account.kind() == AccountKind.BOT) {
      throw new ProblemException(AdminProblem.BOTS_HAVE_NO_ROLE);
    }
    if (before == SystemRole.ADMIN) {
      admins.requireAnother(id);
    }
    accounts.setRole(id, role);
    if (role.compareTo(before) < 0) {
      sessions.endAll(id, caller.id(), EndReason.ROLE_CHANGED);
    }
    audit.record(
        caller.id(),
        "role.changed",
        "user",
        id.toString(),
        Map.of("before", before.value(), "role", role.value()));
  }

  /**
   * Logs the account out everywhere; its personal tokens end too.
   *
   * @throws ProblemException 403 {@code role-too-low}; 404 {@code not-found}
   */
  @Transactional
  void endSessions(Caller caller, UserId id) {
    requireReach(caller, id);
    int ended = sessions.endAll(id, caller.id(), EndReason.ENDED_BY_ADMIN);
    int revoked = tokens.revokeAll(id, caller.id());
    audit.record(
        caller.id(),
        "sessions.ended",
        "user",
        id.toString(),
        Map.of("sessions", String.valueOf(ended), "tokens", String.valueOf(revoked)));
  }

  /**
   * @throws ProblemException 403 {@code role-too-low}; 404 {@code not-found}; 409 {@code
   *     last-admin}, {@code own-account}
   */
  @Transactional
  ErasureAccepted erase(Caller caller, UserId id, AuthoredMessages messages) {
    requireOther(caller, id);
    requireReach(caller, id);
    return erasures.begin(caller.id(), id, messages);
  }

  private static void requireOther(Caller caller, UserId id) {
    if (caller.id().equals(id)) {
      throw new ProblemException(AdminProblem.OWN_ACCOUNT);
    }
  }

  /**
   * As roles stand now: the caller's token may be older than a demotion.
   *
   * @return the account to act on
   */
  private Account requireReach(Caller caller, UserId id) {
    admins.lock();
    Account target = accounts.get(id);
    Account actor =
        accounts
            .find(caller.id())
            .orElseThrow(() -> new ProblemException(CommonProblem.UNAUTHENTICATED));
    boolean reaches =
        !actor.isLocked()
            && (actor.role() == SystemRole.ADMIN
                || (actor.role() == SystemRole.MODERATOR && target.role() == SystemRole.USER));
    if (!reaches) {
      throw new ProblemException(AdminProblem.ROLE_TOO_LOW);
    }
    return target;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
