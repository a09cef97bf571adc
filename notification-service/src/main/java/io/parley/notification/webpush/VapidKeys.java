package io.parley.notification.webpush;

import com.zerodeplibs.webpush.VAPIDKeyPair;
import com.zerodeplibs.webpush.VAPIDKeyPairs;
import com.zerodeplibs.webpush.key.PrivateKeySources;
import com.zerodeplibs.webpush.key.PublicKeySources;
import io.parley.common.access.AccessProperties;
import io.parley.common.secrets.Seal;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * The pair of keys with which this installation says who pushes (RFC 8292): from the settings, or
 * made by the node that needs it first and kept in PostgreSQL, sealed. A subscription is good for
 * one public key, so it must not change.
 */
@Service
class VapidKeys {

  private static final Logger log = LoggerFactory.getLogger(VapidKeys.class);

  private static final String PURPOSE = "vapid-keys";
  private static final String CURVE = "secp256r1";
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final WebPushProperties properties;
  private final VapidKeyStore store;
  private final Seal seal;
  private volatile @Nullable VAPIDKeyPair pair;

  /**
   * @throws IllegalStateException when the settings are no pair of keys
   */
  VapidKeys(WebPushProperties properties, VapidKeyStore store, AccessProperties access) {
    this.properties = properties;
    this.store = store;
    this.seal = new Seal(access.secret(), PURPOSE);
    if (properties.enabled() && !properties.publicKey().isBlank()) {
      this.pair = configured(properties);
    }
  }

  /** Null when Web Push is off. */
  @Nullable String publicKey() {
    return properties.enabled() ? pair().extractPublicKeyInUncompressedFormAsString() : null;
  }

  VAPIDKeyPair pair() {
    VAPIDKeyPair known = pair;
    if (known == null) {
      known = kept();
      pair = known;
    }
    return known;
  }

  private VAPIDKeyPair kept() {
    VapidKeyStore.Row row = store.find().orElse(null);
    if (row == null) {
      store.add(make());
      row = store.find().orElseThrow();
      log.info("Web Push has keys now, kept in PostgreSQL; the public one is {}", row.publicKey());
    }
    try {
      byte[] encoded =
          Base64.getDecoder().decode(seal.openText(row.sealedPrivateKey(), row.publicKey()));
      return pair(
          row.publicKey(),
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private VapidKeyStore.Row make() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE));
      KeyPair made = generator.generateKeyPair();
      String publicKey =
          VAPIDKeyPairs.of(
                  PrivateKeySources.ofECPrivateKey((ECPrivateKey) made.getPrivate()),
                  PublicKeySources.ofECPublicKey((ECPublicKey) made.getPublic()))
              .extractPublicKeyInUncompressedFormAsString();
      String encoded = Base64.getEncoder().encodeToString(made.getPrivate().getEncoded());
      return new VapidKeyStore.Row(publicKey, seal.sealText(encoded, publicKey));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static VAPIDKeyPair configured(WebPushProperties properties) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(CURVE));
      ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
      BigInteger number = new BigInteger(1, Base64.getUrlDecoder().decode(properties.privateKey()));
      PrivateKey privateKey =
          KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(number, curve));
      return pair(properties.publicKey(), privateKey);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IllegalStateException(
          "PARLEY_VAPID_PUBLIC_KEY and PARLEY_VAPID_PRIVATE_KEY are not a pair of keys of P-256",
          e);
    }
  }

  private static VAPIDKeyPair pair(String publicKey, PrivateKey privateKey)
      throws GeneralSecurityException {
    PublicKey point =
        PublicKeySources.ofUncompressedBytes(Base64.getUrlDecoder().decode(publicKey)).extract();
    byte[] proof = {1, 2, 3};
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(privateKey);
    signature.update(proof);
    byte[] signed = signature.sign();
    signature.initVerify(point);
    signature.update(proof);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("the keys do not belong together");
    }
    return VAPIDKeyPairs.of(
        PrivateKeySources.ofECPrivateKey((ECPrivateKey) privateKey),
        PublicKeySources.ofECPublicKey((ECPublicKey) point));
  }
}
