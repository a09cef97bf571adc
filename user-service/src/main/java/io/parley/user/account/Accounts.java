package io.parley.user.account;

import io.parley.common.access.SystemRole;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.text.Folding;
import io.parley.user.address.Address;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Accounts: made, found and changed. */
@Service
public class Accounts {

  private final AccountStore store;
  private final RetiredUsernames retired;
  private final FormerUsernames former;
  private final AccountProperties properties;
  private final Set<String> reserved;
  private final EntityTags tags;
  private final Clock clock;

  Accounts(
      AccountStore store,
      RetiredUsernames retired,
      FormerUsernames former,
      AccountProperties properties,
      EntityTags tags,
      Clock clock) {
    this.store = store;
    this.retired = retired;
    this.former = former;
    this.properties = properties;
    this.reserved =
        properties.reservedUsernames().stream()
            .map(Username.Validator::mapped)
            .map(Keys::skeleton)
            .collect(Collectors.toUnmodifiableSet());
    this.tags = tags;
    this.clock = clock;
  }

  /**
   * The unique indexes decide who was first, so that two registrations at once can not both win.
   *
   * @throws ProblemException 409 {@code username-taken}, {@code username-confusable}, {@code
   *     username-reserved}, {@code email-taken}
   */
  @Transactional
  public Account register(String username, String email, String displayName) {
    return made(Account.ofUser(username, email, displayName, now()));
  }

  /**
   * @throws ProblemException 409 as {@link #register}
   */
  @Transactional
  public Account createBot(UserId owner, String username, String displayName) {
    return made(Account.ofBot(owner, username, displayName, now()));
  }

  private Account made(Account account) {
    requireUnreserved(account.username());
    Account saved = saved(account);
    requireFree(saved);
    return saved;
  }

  private void requireUnreserved(String username) {
    if (reserved.contains(Keys.skeleton(username))) {
      throw new ProblemException(AccountProblem.USERNAME_RESERVED);
    }
  }

  /** Only once it is written: that has waited for who was about to give the name up. */
  private void requireFree(Account saved) {
    if (retired.contains(saved.username())
        || former.isOfAnother(saved.username(), saved.id(), clock.instant())) {
      throw new ProblemException(AccountProblem.USERNAME_TAKEN);
    }
  }

  /**
   * The name that it had leads to the account for a time, and is kept for it. One that is kept for
   * it may be taken again whenever.
   *
   * @throws ProblemException 409 as {@link #register}, {@code too-many-usernames}
   */
  @Transactional
  public Account changeUsername(UserId id, String username) {
    Account account = hold(id);
    String before = account.username();
    if (username.equals(before)) {
      return account;
    }
    Instant now = clock.instant();
    boolean back = former.find(username, now).filter(id::equals).isPresent();
    if (!back) {
      requireUnreserved(username);
      if (former.count(id, now) >= properties.maxFormerUsernames()) {
        throw new ProblemException(
            AccountProblem.TOO_MANY_USERNAMES,
            null,
            Map.of("maxFormerUsernames", properties.maxFormerUsernames()));
      }
    }
    account.call(username);
    Account saved = saved(account);
    requireFree(saved);
    former.remove(username);
    former.add(before, id, now.plus(properties.formerUsernamesFor()));
    return saved;
  }

  /** Who had this username before, as long as it is kept for them. */
  @Transactional(readOnly = true)
  public Optional<UserId> formerly(String username) {
    return former.find(username, clock.instant());
  }

  @Transactional
  int forgetFormerUsernames() {
    return former.removeEnded(clock.instant());
  }

  private Account saved(Account account) {
    try {
      return store.saveAndFlush(account);
    } catch (DataIntegrityViolationException e) {
      throw taken(e);
    }
  }

  private static RuntimeException taken(DataIntegrityViolationException e) {
    String index =
        e.getCause() instanceof ConstraintViolationException violation
            ? String.valueOf(violation.getConstraintName())
            : "";
    return switch (index) {
      case "accounts_username_key" -> new ProblemException(AccountProblem.USERNAME_TAKEN);
      case "accounts_skeleton_key" -> new ProblemException(AccountProblem.USERNAME_CONFUSABLE);
      case "accounts_email_key", "accounts_email_key_key" ->
          new ProblemException(AccountProblem.EMAIL_TAKEN);
      default -> e;
    };
  }

  @Transactional(readOnly = true)
  public Optional<Account> findByLogin(LoginName login) {
    return login.isAddress() ? findByEmail(login.key()) : findByUsername(login.key());
  }

  private Optional<Account> findByUsername(String username) {
    return store.findByUsername(username).or(() -> formerly(username).flatMap(this::find));
  }

  @Transactional(readOnly = true)
  public Optional<Account> findByEmail(String email) {
    return store
        .findByEmailKey(Address.key(email))
        .or(() -> store.findUnfolded(Folding.caseless(email)));
  }

  @Transactional(readOnly = true)
  public Optional<Account> find(UserId id) {
    return store.findById(id.value());
  }

  /** The bots that somebody owns, the oldest first. */
  @Transactional(readOnly = true)
  public List<Account> botsOf(UserId owner) {
    return store.findByOwnerIdOrderById(owner.value());
  }

  /**
   * The address is its owner's; from now on it is the account's.
   *
   * @throws ProblemException 409 {@code email-taken}
   */
  @Transactional
  public Account confirmEmail(UserId id, String address) {
    Account account = hold(id);
    account.confirmEmail(address, now());
    return saved(account);
  }

  /** Mails to the account's address come back. */
  @Transactional
  public void setUnreachable(UserId id, Instant at) {
    hold(id).unreachable(at);
  }

  @Transactional
  public Account setRole(UserId id, SystemRole role) {
    Account account = hold(id);
    account.become(role);
    return account;
  }

  /** Locked, an account is let in nowhere; its sessions are to be ended by the caller. */
  @Transactional
  public Account setLocked(UserId id, boolean whether) {
    Account account = hold(id);
    account.lock(whether);
    return account;
  }

  /** Deletes the account with all that refers to it. Nobody gets its username again. */
  @Transactional
  public void erase(UserId id) {
    retired.add(hold(id).username());
    store.deleteById(id.value());
    store.flush();
  }

  /**
   * Locks the row until the transaction ends: changes of one account's standing happen one after
   * another.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Account hold(UserId id) {
    return store
        .lockById(id.value())
        .orElseThrow(() -> new ProblemException(CommonProblem.NOT_FOUND, "No such user"));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * @throws ProblemException 404 {@code not-found}
   */
  @Transactional(readOnly = true)
  public Account get(UserId id) {
    return store
        .findById(id.value())
        .orElseThrow(() -> new ProblemException(CommonProblem.NOT_FOUND, "No such user"));
  }

  /**
   * Changes what the command names.
   *
   * @param ifMatch the header: only if the account still looks as it did then
   * @throws ProblemException 404 {@code not-found}, 412 {@code precondition-failed}
   */
  @Transactional
  Account update(UserId id, UpdateProfile command, @Nullable String ifMatch) {
    Account account = hold(id);
    if (ifMatch != null && !tags.matches(ifMatch, OwnAccountView.of(account))) {
      throw new ProblemException(AccountProblem.PRECONDITION_FAILED);
    }
    if (command.displayName() != null) {
      account.rename(command.displayName());
    }
    if (command.bio() != null) {
      account.describe(command.bio().isEmpty() ? null : command.bio());
    }
    if (command.locale() != null) {
      account.speak(command.canonicalLocale());
    }
    if (command.timeZone() != null) {
      account.live(command.timeZone().isEmpty() ? null : command.timeZone());
    }
    return account;
  }

  /**
   * @param avatar the tag of the new picture; null for none
   */
  @Transactional
  public Account setAvatar(UserId id, @Nullable String avatar) {
    Account account = hold(id);
    account.picture(avatar);
    return account;
  }

  /** What display names are compared by where {@code words} is not filled in yet. */
  public static String prefix(String text) {
    return Keys.prefix(text);
  }
}
