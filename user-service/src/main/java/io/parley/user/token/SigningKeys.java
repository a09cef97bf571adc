package io.parley.user.token;

import io.jsonwebtoken.Jwts;
import io.parley.common.access.AccessKeys;
import io.parley.common.access.AccessProperties;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.secrets.Seal;
import io.parley.user.audit.Audit;
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
import java.util.Map;
import java.util.Objects;
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
 * The fleet's signing keys. The first is created by whichever instance needs it first. A rotation
 * publishes the next key at once and lets it sign later ({@link TokenProperties#keyLead}); the one
 * before is accepted until the last of its tokens has ended. So nobody is logged out by it.
 */
@Service
class SigningKeys implements AccessKeys, SmartInitializingSingleton {

  private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);

  /** How long what another instance did to the keys may stay unseen here. */
  private static final Duration REREAD_AFTER = Duration.ofSeconds(10);

  /** A flood of forged key ids must not become a flood of queries. */
  private static final Duration REREAD_FOR_UNKNOWN_AFTER = Duration.ofSeconds(5);

  /** Instances change keys within {@link #REREAD_AFTER} of one another, and clocks differ. */
  private static final Duration RETIREMENT_MARGIN = REREAD_AFTER.plusMinutes(1);

  private final SigningKeyStore store;
  private final Seal seal;
  private final Audit audit;
  private final TokenProperties properties;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private volatile Loaded loaded = new Loaded(List.of(), Instant.MIN);

  SigningKeys(
      SigningKeyStore store,
      AccessProperties access,
      Audit audit,
      TokenProperties properties,
      TransactionTemplate transaction,
      Clock clock) {
    this.store = store;
    this.seal = new Seal(access.secret(), "signing-keys");
    this.audit = audit;
    this.properties = properties;
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
    List<Pair> keys = readWithin(REREAD_AFTER);
    Instant now = clock.instant();
    for (Pair key : keys) {
      if (!key.signsFrom().isAfter(now)) {
        return key;
      }
    }
    return keys.get(keys.size() - 1);
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

  /**
   * Makes the next key. One that does not sign yet is answered as it is: there is no more than one.
   *
   * @param actor who asked for it
   */
  Rotation rotate(UserId actor) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    SigningKey next =
        Objects.requireNonNull(
            transaction.execute(
                status -> {
                  store.lockForCreation();
                  SigningKey newest = read(now).get(0);
                  return newest.signsFrom().isAfter(now) ? newest : successor(newest, now, actor);
                }));
    forgetLoaded();
    return new Rotation(next.id(), next.signsFrom());
  }

  /**
   * For a key whose private half others may have: no token that it signed is good any more, here at
   * once and elsewhere within a minute. Where it was the one that signs, a new one signs from now
   * on; the one to follow, if it is another, stays as it is.
   *
   * @throws ProblemException 404 when there is no such key, or it is retired already
   */
  void retire(String keyId, UserId actor) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    transaction.executeWithoutResult(
        status -> {
          store.lockForCreation();
          SigningKey stolen =
              read(now).stream()
                  .filter(key -> key.id().equals(keyId))
                  .findFirst()
                  .orElseThrow(() -> new ProblemException(CommonProblem.NOT_FOUND));
          stolen.retire(now);
          store.save(stolen);
          replaceWhatSigned(now);
          audit.record(actor, "key.retired", "signing-key", keyId, Map.of());
        });
    forgetLoaded();
  }

  private void replaceWhatSigned(Instant now) {
    List<SigningKey> left = read(now);
    boolean waits = !left.isEmpty() && left.get(0).signsFrom().isAfter(now);
    if (!waits && !left.isEmpty() && !left.get(0).hasSuccessor()) {
      return;
    }
    if (waits && left.stream().anyMatch(key -> !key.signsFrom().isAfter(now))) {
      return;
    }
    SigningKey fresh = created(now, now);
    if (waits) {
      fresh.retire(retirementAfter(left.get(0)));
    }
    store.save(fresh);
  }

  /** When no token of the key before this one is good any more. */
  private Instant retirementAfter(SigningKey successor) {
    return successor.signsFrom().plus(properties.accessLife()).plus(RETIREMENT_MARGIN);
  }

  private synchronized void forgetLoaded() {
    loaded = new Loaded(loaded.keys(), Instant.MIN);
  }

  private SigningKey successor(SigningKey before, Instant now, @Nullable UserId actor) {
    SigningKey next = created(now, now.plus(properties.keyLead()));
    before.retire(retirementAfter(next));
    store.save(before);
    audit.record(
        actor,
        "key.rotated",
        "signing-key",
        next.id(),
        Map.of("replaces", before.id(), "signsFrom", next.signsFrom().toString()));
    return store.save(next);
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
    if (known.isWithin(age, clock.instant())) {
      return known.keys();
    }
    return reread(age);
  }

  private synchronized List<Pair> reread(Duration age) {
    Instant now = clock.instant();
    if (!loaded.isWithin(age, now)) {
      loaded = new Loaded(freshOrKnown(now), now);
    }
    return loaded.keys();
  }

  /** Without PostgreSQL the keys that are known serve on: tokens are verified all the same. */
  private List<Pair> freshOrKnown(Instant now) {
    try {
      return Objects.requireNonNull(transaction.execute(status -> usable(now))).stream()
          .map(this::unwrapped)
          .toList();
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
    if (!rows.isEmpty() && !isDue(rows.get(0), now)) {
      return rows;
    }
    store.lockForCreation();
    // Another instance may have been first while this one waited.
    rows = read(now);
    if (rows.isEmpty()) {
      return List.of(store.save(created(now, now.truncatedTo(ChronoUnit.MILLIS))));
    }
    if (isDue(rows.get(0), now)) {
      successor(rows.get(0), now.truncatedTo(ChronoUnit.MILLIS), null);
      rows = read(now);
    }
    return rows;
  }

  private boolean isDue(SigningKey newest, Instant now) {
    return !newest.hasSuccessor() && newest.signsFrom().plus(properties.keyLife()).isBefore(now);
  }

  private List<SigningKey> read(Instant now) {
    return store.findAll().stream()
        .filter(key -> !key.isRetired(now))
        .sorted(Comparator.comparing(SigningKey::signsFrom).reversed())
        .toList();
  }

  private SigningKey created(Instant now, Instant signsFrom) {
    KeyPair pair = Jwts.SIG.ES256.keyPair().build();
    String id = UUID.randomUUID().toString();
    return new SigningKey(
        id,
        seal.seal(pair.getPrivate().getEncoded(), id),
        pair.getPublic().getEncoded(),
        now.truncatedTo(ChronoUnit.MILLIS),
        signsFrom);
  }

  private Pair unwrapped(SigningKey row) {
    try {
      KeyFactory factory = KeyFactory.getInstance("EC");
      return new Pair(
          row.id(),
          (ECPublicKey) factory.generatePublic(new X509EncodedKeySpec(row.publicKey())),
          factory.generatePrivate(
              new PKCS8EncodedKeySpec(seal.open(row.wrappedPrivateKey(), row.id()))),
          row.signsFrom());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Signing key " + row.id() + " is not a P-256 key", e);
    }
  }

  /**
   * @param id the {@code kid}
   */
  record Pair(String id, ECPublicKey publicKey, PrivateKey privateKey, Instant signsFrom) {}

  /**
   * @param signsFrom until then the key is only published
   */
  record Rotation(String keyId, Instant signsFrom) {}

  private record Loaded(List<Pair> keys, Instant at) {

    boolean isWithin(Duration age, Instant now) {
      return !keys.isEmpty() && !at.equals(Instant.MIN) && at.plus(age).isAfter(now);
    }
  }
}
