package io.parley.group.idempotency;

import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs a request once for each key of a user and repeats its answer for a day. Only what was done
 * is remembered: a refused request may be sent again with the same key.
 */
@Service
public class Idempotency {

  private static final Duration REMEMBERED = Duration.ofHours(24);

  private final IdempotencyKeyStore store;
  private final JsonMapper json;
  private final Clock clock;

  Idempotency(IdempotencyKeyStore store, JsonMapper json, Clock clock) {
    this.store = store;
    this.json = json;
    this.clock = clock;
  }

  /**
   * The answer given before, if any.
   *
   * @param request compared by its JSON
   * @throws ProblemException 409 {@code idempotency-key-reused} when the key came with another
   *     request
   */
  @Transactional(readOnly = true)
  public <T> Optional<T> answered(UserId user, String key, Object request, Class<T> type) {
    return store
        .findById(IdempotencyKey.Key.of(user, key))
        .filter(known -> known.createdAt().isAfter(clock.instant().minus(REMEMBERED)))
        .map(known -> read(known, fingerprint(request), type));
  }

  /**
   * Does the work in the caller's transaction, or gives the answer that another transaction with
   * the same key has committed first.
   *
   * @throws ProblemException as {@link #answered}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public <T> T once(UserId user, String key, Object request, Class<T> type, Supplier<T> work) {
    String fingerprint = fingerprint(request);
    store.forget(user.value(), clock.instant().minus(REMEMBERED));
    if (store.claim(user.value(), key, fingerprint, clock.instant()) == 0) {
      IdempotencyKey known = store.findById(IdempotencyKey.Key.of(user, key)).orElseThrow();
      return read(known, fingerprint, type);
    }
    T answer = work.get();
    store.answer(user.value(), key, json.writeValueAsString(answer));
    return answer;
  }

  private <T> T read(IdempotencyKey known, String fingerprint, Class<T> type) {
    if (!known.fingerprint().equals(fingerprint)) {
      throw new ProblemException(IdempotencyProblem.IDEMPOTENCY_KEY_REUSED);
    }
    return json.readValue(known.answer(), type);
  }

  private String fingerprint(Object request) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(json.writeValueAsBytes(request)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
