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
 * at once: a flood of logins must neither starve other requests, refreshes above all, nor fill the
 * heap. Of those who wait, strangers do so in a queue of their own, from which only as many as are
 * computed at once come into the common one: whoever has been let in before, waits for one stranger
 * at most in each place, however many there are.
 */
@Component
class Passwords {

  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int LANES = 1;

  private final Argon2PasswordEncoder encoder;
  private final Semaphore turns;
  private final Semaphore strangers;
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
    int parallel = parallel(properties, Runtime.getRuntime().availableProcessors());
    this.turns = new Semaphore(parallel, true);
    this.strangers = new Semaphore(parallel, true);
    this.patienceMillis = properties.patience().toMillis();
    this.nobodysHash = encoder.encode(UUID.randomUUID().toString());
  }

  /** Half the processors, and one at least, where nothing is set. */
  static int parallel(PasswordProperties properties, int processors) {
    return properties.parallel() > 0 ? properties.parallel() : Math.max(1, processors / 2);
  }

  String hash(String password) {
    return behindOthers(() -> encoder.encode(password));
  }

  /**
   * @param hash null when there is no such account: that takes as long as a wrong password
   * @param known whether somebody asks who has been let in before
   */
  boolean matches(String password, @Nullable String hash, boolean known) {
    Supplier<Boolean> work = () -> encoder.matches(password, hash == null ? nobodysHash : hash);
    boolean same = known ? inTurn(work) : behindOthers(work);
    return same && hash != null;
  }

  /** Whether a stored hash was made with another cost than the one that is set now. */
  boolean isOutdated(String hash) {
    return encoder.upgradeEncoding(hash);
  }

  private <T> T behindOthers(Supplier<T> work) {
    return holding(strangers, () -> inTurn(work));
  }

  private <T> T inTurn(Supplier<T> work) {
    return holding(turns, () -> Objects.requireNonNull(hashes.record(work)));
  }

  private <T> T holding(Semaphore places, Supplier<T> work) {
    try {
      if (!places.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS)) {
        throw new ProblemException(CredentialProblem.TOO_BUSY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(CredentialProblem.TOO_BUSY);
    }
    try {
      return work.get();
    } finally {
      places.release();
    }
  }
}
