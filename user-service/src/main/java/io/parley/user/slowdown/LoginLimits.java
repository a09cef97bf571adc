package io.parley.user.slowdown;

import io.parley.common.ids.UserId;
import io.parley.common.limits.Decision;
import io.parley.common.limits.Limit;
import io.parley.common.limits.RateLimits;
import io.parley.common.problems.ProblemException;
import io.parley.user.address.Address;
import io.parley.user.secret.RandomTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Slows guessing down. A device that has logged in before has counters of its own, so whatever
 * strangers do to an account, its owner gets in from where they always did (OWASP, "device
 * cookies"). All others share counters by account and address, and by account alone, however its
 * username or address was typed. Names that are nobody's are counted the same, by their folded
 * form: whether there is an account, an answer does not tell.
 *
 * <p>An attempt is counted before the password is looked at, so that many at once do not all slip
 * through, and given back when it was right. While Redis is away nothing is counted and all are let
 * through: the metric {@code parley.limits} shows it, and the gateway's limit by address and the
 * cost of a hash remain.
 */
@Component
public class LoginLimits {

  private static final String LOGIN = "login-account";

  private final RateLimits limits;
  private final List<Limit> perDevice;
  private final List<Limit> perAddress;
  private final List<Limit> perLogin;
  private final List<Limit> perConfirmation;
  private final List<Limit> mails;
  private final List<Limit> unproven;

  LoginLimits(RateLimits limits, SlowDownProperties properties) {
    this.limits = limits;
    this.perDevice = limits(LOGIN, properties.perDevice());
    this.perAddress = limits(LOGIN, properties.perAddress());
    this.perLogin = limits(LOGIN, properties.perLogin());
    this.perConfirmation = limits("confirm-password", properties.perConfirmation());
    this.mails = limits("mails", properties.mails());
    this.unproven = limits("mails", properties.unproven());
  }

  private static List<Limit> limits(String name, List<String> rates) {
    return rates.stream()
        .map(Rate::of)
        .map(rate -> Limit.failingOpen(name, rate.count(), rate.per()))
        .toList();
  }

  /**
   * @param account null when there is none with this name
   * @param login the folded name
   * @param device that the account's owner has logged in with before; null for any other
   * @throws ProblemException 429 {@code rate-limited}
   */
  public Attempt logIn(
      @Nullable UserId account, String login, String address, @Nullable UUID device) {
    Attempt attempt = new Attempt();
    if (device != null) {
      attempt.count(perDevice, "device:" + device);
      return attempt;
    }
    // A hash, as people type passwords in the wrong field.
    String name = account == null ? RandomTokens.hash(login) : account.toString();
    attempt.count(perAddress, "address:" + name + ":" + address);
    attempt.count(perLogin, "login:" + name);
    return attempt;
  }

  /**
   * Of somebody who is logged in and is asked for the password again.
   *
   * @throws ProblemException 429 {@code rate-limited}
   */
  public Attempt confirm(UserId user, String sessionId) {
    Attempt attempt = new Attempt();
    attempt.count(perConfirmation, user + ":" + sessionId);
    return attempt;
  }

  /**
   * @param what of the mails that strangers can have sent
   * @throws ProblemException 429 {@code rate-limited}
   */
  public void mail(UserId user, String what) {
    new Attempt().count(mails, what + ":" + user);
  }

  /**
   * As {@link #mail}, to an address of which there is no knowing that its owner wants it.
   *
   * @throws ProblemException 429 {@code rate-limited}
   */
  public void unprovenMail(UserId user) {
    new Attempt().count(unproven, "unproven:" + user);
  }

  /**
   * All that accounts can make be sent to an address which is not theirs yet.
   *
   * @throws ProblemException 429 {@code rate-limited}
   */
  public void mailTo(String email) {
    new Attempt().count(mails, "to:" + RandomTokens.hash(Address.key(email)));
  }

  /** One try, which was counted. */
  public final class Attempt {

    private final List<Limit> counted = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();

    private Attempt() {}

    /** Shortest time first: who is refused there does not use up the longer ones. */
    private void count(List<Limit> of, String key) {
      for (Limit limit : of) {
        Decision decision = limits.consume(limit, key);
        if (!decision.known()) {
          // Each further question would wait as long.
          return;
        }
        decision.orRefuse();
        counted.add(limit);
        keys.add(key);
      }
    }

    /** It was the owner: their counters start anew. */
    public void succeeded() {
      for (int i = 0; i < counted.size(); i++) {
        limits.reset(counted.get(i), keys.get(i));
      }
    }
  }
}
