package io.parley.group.idempotency;

import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.common.secrets.Seal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs a request once for each key of a user and repeats its answer for a day. Only what was done
 * is remembered: a refused request may be sent again with the same key.
 */
@Service
public class Idempotency {

  private static final Duration REMEMBERED = Duration.ofHours(24);

  private final IdempotencyKeyStore keys;
  private final JsonMapper json;
  private final Seal seal;
  private final TransactionTemplate transaction;
  private final Clock clock;

  Idempotency(
      IdempotencyKeyStore keys,
      JsonMapper json,
      TransactionTemplate transaction,
      Clock clock,
      @Value("${parley.access.secret}") String secret) {
    this.keys = keys;
    // An answer can hold what is kept nowhere else in the clear, such as an invitation's token.
    this.seal = new Seal(secret, "idempotent answers");
    this.json = json;
    this.transaction = transaction;
    this.clock = clock;
  }

  /**
   * Does what a request asks for, or gives the answer that it was given before.
   *
   * @param key null: it is done
   * @param operation of the API, such as {@code POST /groups}: the same body elsewhere is another
   *     request
   * @param body compared by its JSON
   * @param prepare outside of a transaction: asking other services
   * @param store in one transaction with the answer
   * @throws ProblemException 409 {@code idempotency-key-reused} when the key came with another
   *     request
   */
  public <T> T run(
      UserId user,
      @Nullable String key,
      String operation,
      Object body,
      Class<T> type,
      Runnable prepare,
      Supplier<T> store) {
    if (key == null) {
      prepare.run();
      return transaction.execute(status -> store.get());
    }
    String fingerprint = fingerprint(new Request(operation, body));
    Optional<T> answered = transaction.execute(status -> answered(user, key, fingerprint, type));
    if (answered.isPresent()) {
      return answered.get();
    }
    prepare.run();
    return transaction.execute(status -> once(user, key, fingerprint, type, store));
  }

  private record Request(String operation, Object body) {}

  private <T> Optional<T> answered(UserId user, String key, String fingerprint, Class<T> type) {
    return keys.findById(IdempotencyKey.Key.of(user, key))
        .filter(known -> known.createdAt().isAfter(clock.instant().minus(REMEMBERED)))
        .map(known -> read(user, known, fingerprint, type));
  }

  /** Another transaction with the same key may have committed first: then its answer counts. */
  private <T> T once(
      UserId user, String key, String fingerprint, Class<T> type, Supplier<T> store) {
    keys.forget(user.value(), clock.instant().minus(REMEMBERED));
    if (keys.claim(user.value(), key, fingerprint, clock.instant()) == 0) {
      IdempotencyKey known = keys.findById(IdempotencyKey.Key.of(user, key)).orElseThrow();
      return read(user, known, fingerprint, type);
    }
    T answer = store.get();
    keys.answer(
        user.value(), key, seal.sealText(json.writeValueAsString(answer), user + " " + key));
    return answer;
  }

  /** What was answered to an account that is erased. */
  @Transactional(propagation = Propagation.MANDATORY)
  public long erase(UserId user) {
    return keys.deleteByUserId(user.value());
  }

  private <T> T read(UserId user, IdempotencyKey known, String fingerprint, Class<T> type) {
    if (!known.fingerprint().equals(fingerprint)) {
      throw new ProblemException(IdempotencyProblem.IDEMPOTENCY_KEY_REUSED);
    }
    String answer = Objects.requireNonNull(known.answer());
    return json.readValue(seal.openText(answer, user + " " + known.key()), type);
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
