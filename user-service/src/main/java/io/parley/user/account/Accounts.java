package io.parley.user.account;

import io.parley.common.access.SystemRole;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Accounts: made, found and changed. */
@Service
public class Accounts {

  /** The highest code point: no prefix can be continued by anything greater. */
  private static final String LAST = Character.toString(Character.MAX_CODE_POINT);

  private static final Pattern USERNAME = Pattern.compile("[a-z0-9_.]{3,32}");

  private final AccountStore store;
  private final Clock clock;

  Accounts(AccountStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * The unique indexes decide who was first, so that two registrations at once can not both win.
   *
   * @throws ProblemException 409 {@code username-taken}, {@code email-taken}
   */
  @Transactional
  public Account register(String username, String email, String displayName) {
    return saved(Account.ofUser(username, email, displayName, now()));
  }

  /**
   * @throws ProblemException 409 {@code username-taken}
   */
  @Transactional
  public Account createBot(UserId owner, String username, String displayName) {
    return saved(Account.ofBot(owner, username, displayName, now()));
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
      case "accounts_email_key" -> new ProblemException(AccountProblem.EMAIL_TAKEN);
      default -> e;
    };
  }

  /**
   * @param login a username or an email address, in any case
   */
  @Transactional(readOnly = true)
  public Optional<Account> findByLogin(String login) {
    // No username has an @.
    return login.contains("@")
        ? store.findByEmail(login)
        : store.findByUsername(login.toLowerCase(Locale.ROOT));
  }

  @Transactional(readOnly = true)
  public Optional<Account> findByEmail(String email) {
    return store.findByEmail(email);
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

  @Transactional
  public void delete(UserId id) {
    store.deleteById(id.value());
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

  /** Those of the ids that exist, in no order. */
  @Transactional(readOnly = true)
  List<Account> find(List<UserId> ids) {
    return store.findAllById(ids.stream().map(UserId::value).distinct().toList());
  }

  /**
   * Accounts whose username or display name begins with the text, whatever its case, by username.
   *
   * @param cursor the {@code next} of the page before
   * @throws ProblemException 400 when the cursor is not one of ours
   */
  @Transactional(readOnly = true)
  Page<Account> search(String text, int limit, @Nullable String cursor) {
    String prefix = Account.folded(text);
    String after = cursor == null ? "" : username(cursor);
    List<Account> found = store.search(prefix, prefix + LAST, after, Limit.of(limit + 1));
    if (found.size() <= limit) {
      return new Page<>(found, null);
    }
    List<Account> items = found.subList(0, limit);
    return new Page<>(items, cursor(items.get(limit - 1).username()));
  }

  private static String cursor(String username) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(username.getBytes(StandardCharsets.US_ASCII));
  }

  private static String username(String cursor) {
    try {
      String username =
          new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.ISO_8859_1);
      if (USERNAME.matcher(username).matches()) {
        return username;
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw new ProblemException(CommonProblem.INVALID_REQUEST, "cursor: is not from a page before");
  }

  @Transactional
  Account update(UserId id, UpdateProfile command) {
    Account account = get(id);
    if (command.displayName() != null) {
      account.rename(command.displayName());
    }
    return account;
  }
}
