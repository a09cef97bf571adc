package io.parley.user.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jsonwebtoken.Jwts;
import io.parley.common.access.AccessProperties;
import io.parley.common.access.Jwks;
import io.parley.common.secrets.Seal;
import io.parley.user.audit.Audit;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.transaction.support.TransactionTemplate;

class SigningKeysIT extends UserServiceIT {

  @Autowired private SigningKeyStore store;
  @Autowired private AccessProperties access;
  @Autowired private TransactionTemplate transaction;
  @Autowired private Audit audit;
  @Autowired private Environment environment;
  @Autowired private TokenProperties properties;
  @Autowired private SigningKeys serving;

  /** Another test's service, whose clock is another, may have made one that signs much later. */
  @BeforeEach
  void haveNoNextKey() {
    database
        .sql(
            "DELETE FROM signing_keys"
                + " WHERE EXISTS (SELECT FROM signing_keys WHERE signs_from > ?)")
        .param(Timestamp.from(clock.instant()))
        .update();
    clock.forward(Duration.ofMinutes(2));
    serving.current();
  }

  /** The service under test sees what a test did to the table. */
  @AfterEach
  void letTheServiceReread() {
    clock.forward(Duration.ofMinutes(2));
  }

  @Test
  void currentShouldMakeOneKeyWhenManyInstancesStartAtOnce() throws Exception {
    database.sql("DELETE FROM signing_keys").update();
    int instances = 6;
    CyclicBarrier start = new CyclicBarrier(instances);

    List<String> ids = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<String> instance =
          () -> {
            SigningKeys keys = anotherInstance();
            start.await();
            return keys.current().id();
          };
      List<Callable<String>> all = Collections.nCopies(instances, instance);
      for (Future<String> id : threads.invokeAll(all)) {
        ids.add(id.get());
      }
    }

    assertThat(ids).hasSize(instances);
    assertThat(ids.stream().distinct()).hasSize(1);
    assertThat(store.findAll()).hasSize(1);
  }

  @Test
  void publishedShouldShowPublicHalvesOnly() {
    Api.Answer answer = api().get("/.well-known/jwks.json");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().at("/keys/0").propertyNames())
        .containsExactlyInAnyOrder("kid", "alg", "use", "kty", "crv", "x", "y");
    assertThat(answer.at("/keys/0/kid")).isEqualTo(serving.current().id());
  }

  @Test
  void keysShouldBeAcceptedUntilTheyAreRetired() {
    SigningKeys.Pair old = serving.current();
    SigningKeys.Pair newer = addKey();
    clock.forward(Duration.ofMinutes(2));

    assertThat(serving.current().id()).isEqualTo(newer.id());
    assertThat(serving.published()).extracting(SigningKeys.Pair::id).contains(old.id());
    assertThat(serving.key(old.id())).isNotNull();

    database
        .sql("UPDATE signing_keys SET retired_at = created_at WHERE id = ?")
        .param(old.id())
        .update();
    clock.forward(Duration.ofMinutes(2));

    assertThat(serving.published()).extracting(SigningKeys.Pair::id).doesNotContain(old.id());
    assertThat(serving.key(old.id())).isNull();
  }

  @Test
  void keyShouldBeFoundSoonAfterAnotherInstanceMadeIt() {
    SigningKeys keys = anotherInstance();
    keys.current();
    SigningKeys.Pair newer = addKey();
    clock.forward(Duration.ofSeconds(6));

    assertThat(keys.key(newer.id())).isNotNull();
  }

  @Test
  void privateKeysShouldBeWrappedInTheTable() {
    byte[] stored = store.findById(serving.current().id()).orElseThrow().wrappedPrivateKey();
    byte[] plain = serving.current().privateKey().getEncoded();

    assertThat(Base64.getEncoder().encodeToString(stored))
        .doesNotContain(Base64.getEncoder().encodeToString(plain).substring(8, 40));
  }

  @Test
  void startShouldSayWhenTheSecretIsNotTheOneOfTheKeys() {
    AccessProperties other =
        new AccessProperties(
            Base64.getEncoder().encodeToString(new byte[32]), List.of(), null, List.of());
    SigningKeys keys = new SigningKeys(store, other, audit, properties, transaction, clock);

    assertThatThrownBy(keys::afterSingletonsInstantiated).hasMessageContaining("PARLEY_SECRET");
  }

  @Test
  void rotationShouldPublishAKeyBeforeItSignsAndLogNobodyOut() {
    SignedIn admin = registerWithRole("ADMIN");
    SignedIn ann = register();
    String old = kid(ann.accessToken());

    Api.Answer rotation = as(admin).post("/api/v1/admin/signing-keys", "");
    String next = rotation.at("/keyId");

    assertThat(rotation.status()).isEqualTo(202);
    assertThat(audited("key.rotated", next)).isEqualTo(1);
    // Asked twice, there is still one next key.
    assertThat(as(admin).post("/api/v1/admin/signing-keys", "").at("/keyId")).isEqualTo(next);
    assertThat(published()).contains(old, next);
    assertThat(kid(register().accessToken())).isEqualTo(old);

    clock.forward(Duration.ofMinutes(4));
    SignedIn bob = register();
    assertThat(kid(bob.accessToken())).isEqualTo(old);
    clock.forward(Duration.ofMinutes(2));
    assertThat(kid(register().accessToken())).isEqualTo(next);
    // Signed with the key before, and good until it ends.
    assertThat(as(bob).get("/api/v1/users/me").status()).isEqualTo(200);

    // The last token of the old key has ended.
    clock.forward(Duration.ofMinutes(18));
    assertThat(published()).contains(next).doesNotContain(old);
    Api.Answer refreshed =
        api().post("/api/v1/auth/refresh", Map.of("refreshToken", ann.refreshToken()));
    assertThat(refreshed.status()).isEqualTo(200);
    assertThat(kid(refreshed.at("/accessToken"))).isEqualTo(next);
  }

  @Test
  void rotationShouldHappenByAge() {
    String old = serving.current().id();
    clock.forward(Duration.ofDays(31));

    assertThat(serving.current().id()).isEqualTo(old);
    assertThat(serving.published()).hasSizeGreaterThan(1);
    clock.forward(Duration.ofMinutes(6));
    assertThat(serving.current().id()).isNotEqualTo(old);
  }

  @Test
  void othersShouldFetchTheNewKeyWhenTheyFirstSeeIt() {
    Jwks jwks = new Jwks(() -> List.of(publishedAt()), clock);
    assertThat(jwks.key(serving.current().id())).isNotNull();
    SigningKeys.Pair newer = addKey();
    clock.forward(Duration.ofMinutes(2));

    assertThat(jwks.key(newer.id())).isNotNull();
    assertThat(jwks.key("unknown")).isNull();
  }

  @Test
  void retiredKeyShouldBeTrustedByNobodyAMinuteLater() {
    SignedIn admin = registerWithRole("ADMIN");
    SignedIn ann = register();
    String stolen = kid(ann.accessToken());
    Jwks elsewhere = new Jwks(() -> List.of(publishedAt()), clock);
    SigningKeys anotherNode = anotherInstance();
    assertThat(elsewhere.key(stolen)).isNotNull();
    assertThat(anotherNode.current().id()).isEqualTo(stolen);

    assertThat(as(admin).delete("/api/v1/admin/signing-keys/" + stolen).status()).isEqualTo(204);

    assertThat(audited("key.retired", stolen)).isEqualTo(1);
    assertThat(as(ann).get("/api/v1/users/me").status()).isEqualTo(401);
    Api.Answer refreshed =
        api().post("/api/v1/auth/refresh", Map.of("refreshToken", ann.refreshToken()));
    assertThat(refreshed.status()).isEqualTo(200);
    assertThat(kid(refreshed.at("/accessToken"))).isNotEqualTo(stolen);
    clock.forward(Duration.ofMinutes(1));
    assertThat(elsewhere.key(stolen)).isNull();
    assertThat(elsewhere.key(kid(refreshed.at("/accessToken")))).isNotNull();
    assertThat(anotherNode.current().id()).isNotEqualTo(stolen);
    assertThat(anotherNode.key(stolen)).isNull();
  }

  @Test
  void retiringTheNextKeyShouldLeaveOneThatLasts() {
    SignedIn admin = registerWithRole("ADMIN");
    String next = as(admin).post("/api/v1/admin/signing-keys", "").at("/keyId");

    assertThat(as(admin).delete("/api/v1/admin/signing-keys/" + next).status()).isEqualTo(204);

    SignedIn ann = register();
    clock.forward(Duration.ofMinutes(30));
    Api.Answer refreshed =
        api().post("/api/v1/auth/refresh", Map.of("refreshToken", ann.refreshToken()));
    assertThat(kid(refreshed.at("/accessToken"))).isEqualTo(kid(ann.accessToken()));
  }

  @Test
  void retiringShouldBeForAdminsAndForKeysThatThereAre() {
    SignedIn admin = registerWithRole("ADMIN");
    String path = "/api/v1/admin/signing-keys/";

    assertThat(as(admin).delete(path + UUID.randomUUID()).problem()).isEqualTo("404 not-found");
    assertThat(as(register()).delete(path + serving.current().id()).problem())
        .isEqualTo("403 insufficient-scope");
  }

  private URI publishedAt() {
    return URI.create(
        "http://localhost:"
            + String.valueOf(environment.getProperty("local.server.port"))
            + "/.well-known/jwks.json");
  }

  private List<String> published() {
    clock.forward(Duration.ofSeconds(1));
    List<String> ids = new ArrayList<>();
    api()
        .get("/.well-known/jwks.json")
        .json()
        .get("keys")
        .forEach(key -> ids.add(key.get("kid").asString()));
    return ids;
  }

  private static String kid(String token) {
    String header =
        new String(Base64.getUrlDecoder().decode(token.split("\\.")[0]), StandardCharsets.UTF_8);
    return header.replaceAll(".*\"kid\":\"([^\"]+)\".*", "$1");
  }

  private SigningKeys anotherInstance() {
    return new SigningKeys(store, access, audit, properties, transaction, clock);
  }

  /** As a rotation would. */
  private SigningKeys.Pair addKey() {
    KeyPair pair = Jwts.SIG.ES256.keyPair().build();
    String id = UUID.randomUUID().toString();
    store.save(
        new SigningKey(
            id,
            new Seal(access.secret(), "signing-keys").seal(pair.getPrivate().getEncoded(), id),
            pair.getPublic().getEncoded(),
            clock.instant(),
            clock.instant()));
    return new SigningKeys.Pair(
        id, (ECPublicKey) pair.getPublic(), pair.getPrivate(), clock.instant());
  }
}
