package io.parley.user.token;

import io.jsonwebtoken.Jwts;
import io.parley.common.access.AccessKeys;
import io.parley.common.access.AccessProperties;
import io.parley.common.secrets.Seal;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The fleet's signing keys. The first is created by whichever instance needs it first; the newest
 * signs; all that are not retired are published and accepted.
 */
@Service
class SigningKeys implements AccessKeys, SmartInitializingSingleton {

  private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);

  /** How long another instance's new key may stay unseen here. */
  private static final Duration REREAD_AFTER = Duration.ofMinutes(1);

  /** A flood of forged key ids must not become a flood of queries. */
  private static final Duration REREAD_FOR_UNKNOWN_AFTER = Duration.ofSeconds(5);

  private final SigningKeyStore store;
  private final Seal seal;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private volatile Loaded loaded = new Loaded(List.of(), Instant.MIN);

  SigningKeys(
      SigningKeyStore store,
      AccessProperties access,
      TransactionTemplate transaction,
      Clock clock) {
    this.store = store;
    this.seal = new Seal(access.secret(), "signing-keys");
    this.transaction = transaction;
    this.clock = clock;
  }

  /** A key that can not be unwrapped ends the start, not the first login. */
  @Override
  public void afterSingletonsInstantiated() {
    published();
  }

  /** The key to sign with. */
  Pair current() {
    return readWithin(REREAD_AFTER).get(0);
  }

  /** Newest first. */
  List<Pair> published() {
    return readWithin(REREAD_AFTER);
  }

  @Override
  public @Nullable Key key(String keyId) {
    Key key = find(readWithin(REREAD_AFTER), keyId);
    return key != null ? key : find(readWithin(REREAD_FOR_UNKNOWN_AFTER), keyId);
  }

  private static @Nullable Key find(List<Pair> keys, String keyId) {
    for (Pair pair : keys) {
      if (pair.id().equals(keyId)) {
        return pair.publicKey();
      }
    }
    return null;
  }

  private List<Pair> readWithin(Duration age) {
    Loaded known = loaded;
    if (known.at().plus(age).isAfter(clock.instant())) {
      return known.keys();
    }
    return reread(age);
  }

  private synchronized List<Pair> reread(Duration age) {
    Instant now = clock.instant();
    if (!loaded.at().plus(age).isAfter(now)) {
      loaded = new Loaded(freshOrKnown(now), now);
    }
    return loaded.keys();
  }

  /** Without PostgreSQL the keys that are known serve on: tokens are verified all the same. */
  private List<Pair> freshOrKnown(Instant now) {
    try {
      return transaction.execute(status -> usable(now)).stream().map(this::unwrapped).toList();
    } catch (DataAccessException | TransactionException e) {
      if (loaded.keys().isEmpty()) {
        throw e;
      }
      log.warn("signing keys not reread: {}", e.toString());
      return loaded.keys();
    }
  }

  private List<SigningKey> usable(Instant now) {
    List<SigningKey> rows = read(now);
    if (rows.isEmpty()) {
      store.lockForCreation();
      // Another instance may have been first while this one waited.
      rows = read(now);
    }
    return rows.isEmpty() ? List.of(store.save(created())) : rows;
  }

  private List<SigningKey> read(Instant now) {
    return store.findAll().stream()
        .filter(key -> !key.isRetired(now))
        .sorted(Comparator.comparing(SigningKey::createdAt).reversed())
        .toList();
  }

  private SigningKey created() {
    KeyPair pair = Jwts.SIG.ES256.keyPair().build();
    String id = UUID.randomUUID().toString();
    return new SigningKey(
        id,
        seal.seal(pair.getPrivate().getEncoded(), id),
        pair.getPublic().getEncoded(),
        clock.instant().truncatedTo(ChronoUnit.MILLIS));
  }

  private Pair unwrapped(SigningKey row) {
    try {
      KeyFactory factory = KeyFactory.getInstance("EC");
      return new Pair(
          row.id(),
          (ECPublicKey) factory.generatePublic(new X509EncodedKeySpec(row.publicKey())),
          factory.generatePrivate(
              new PKCS8EncodedKeySpec(seal.open(row.wrappedPrivateKey(), row.id()))));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Signing key " + row.id() + " is not a P-256 key", e);
    }
  }

  /**
   * @param id the {@code kid}
   */
  record Pair(String id, ECPublicKey publicKey, PrivateKey privateKey) {}

  private record Loaded(List<Pair> keys, Instant at) {}
}
