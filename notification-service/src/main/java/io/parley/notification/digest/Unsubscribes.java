package io.parley.notification.digest;

import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.notification.settings.OwnSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** Ends digests for whoever has one in hand, without a login. */
@Service
class Unsubscribes {

  private static final Logger log = LoggerFactory.getLogger(Unsubscribes.class);

  private final UnsubscribeTokens tokens;
  private final OwnSettings settings;

  Unsubscribes(UnsubscribeTokens tokens, OwnSettings settings) {
    this.tokens = tokens;
    this.settings = settings;
  }

  /**
   * May be repeated.
   *
   * @throws ProblemException 404 {@code not-found} for what is no such token
   */
  void end(String token) {
    UserId user = user(token);
    settings.endDigest(user);
    log.info("user {} wants no more digests, by a link in one", user);
  }

  /** As {@link #end}, and ends nothing. */
  void check(String token) {
    user(token);
  }

  private UserId user(String token) {
    UserId user = tokens.read(token);
    if (user == null) {
      throw new ProblemException(
          CommonProblem.NOT_FOUND,
          "This link is not complete, or not from here; digests can be ended in the notification"
              + " settings, too");
    }
    return user;
  }
}
