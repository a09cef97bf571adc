package io.parley.user.credential;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.parley.common.problems.ProblemException;
import io.parley.user.metrics.UserMeter;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Argon2id. A hash takes a processor for some 50 ms and 19 MB of heap, so only a few are computed
 * at once: a flood of logins must neither starve other requests nor fill the heap.
 */
@Component
class Passwords {

  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int LANES = 1;

  private final Argon2PasswordEncoder encoder;
  private final Semaphore turns;
  private final long patienceMillis;
  private final String nobodysHash;
  private final Timer hashes;

  Passwords(PasswordProperties properties, MeterRegistry meters) {
    this.hashes = UserMeter.HASHES.timer(meters);
    this.encoder =
        new Argon2PasswordEncoder(
            SALT_BYTES,
            HASH_BYTES,
            LANES,
            Math.toIntExact(properties.memory().toKilobytes()),
            properties.passes());
    this.turns =
        new Semaphore(
            properties.parallel() > 0
                ? properties.parallel()
                : Runtime.getRuntime().availableProcessors(),
            true);
    this.patienceMillis = properties.patience().toMillis();
    this.nobodysHash = encoder.encode(UUID.randomUUID().toString());
  }

  String hash(String password) {
    return inTurn(() -> encoder.encode(password));
  }

  /**
   * @param hash null when there is no such account: that takes as long as a wrong password
   */
  boolean matches(String password, @Nullable String hash) {
    boolean same = inTurn(() -> encoder.matches(password, hash == null ? nobodysHash : hash));
    return same && hash != null;
  }

  /** Whether a stored hash was made with another cost than the one that is set now. */
  boolean isOutdated(String hash) {
    return encoder.upgradeEncoding(hash);
  }

  private <T> T inTurn(Supplier<T> work) {
    try {
      if (!turns.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS)) {
        throw new ProblemException(CredentialProblem.TOO_BUSY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(CredentialProblem.TOO_BUSY);
    }
    try {
      return Objects.requireNonNull(hashes.record(work));
    } finally {
      turns.release();
    }
  }
}
