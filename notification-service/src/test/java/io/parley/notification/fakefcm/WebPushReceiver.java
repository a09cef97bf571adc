package io.parley.notification.fakefcm;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A browser's side of Web Push: keys, and the way back from what was encrypted (RFC 8291). */
public final class WebPushReceiver {

  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final int POINT_BYTES = 65;
  private static final int SALT_BYTES = 16;
  private static final int TAG_BITS = 128;

  private final PrivateKey privateKey;
  private final byte[] publicPoint;
  private final byte[] auth;

  public WebPushReceiver() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      this.privateKey = keys.getPrivate();
      this.publicPoint = point((ECPublicKey) keys.getPublic());
      this.auth = new byte[16];
      new SecureRandom().nextBytes(auth);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param privateKey the number, base64url, as RFC 8291 writes it
   */
  WebPushReceiver(String privateKey, String publicPoint, String auth)
      throws GeneralSecurityException {
    this.privateKey =
        KeyFactory.getInstance("EC")
            .generatePrivate(new ECPrivateKeySpec(new BigInteger(1, bytes(privateKey)), curve()));
    this.publicPoint = bytes(publicPoint);
    this.auth = bytes(auth);
  }

  public String p256dh() {
    return BASE64.encodeToString(publicPoint);
  }

  public String auth() {
    return BASE64.encodeToString(auth);
  }

  /**
   * @param body as it was posted, {@code Content-Encoding: aes128gcm}, in one record
   * @throws GeneralSecurityException when it is not for these keys
   */
  public String open(byte[] body) throws GeneralSecurityException {
    ByteBuffer in = ByteBuffer.wrap(body);
    byte[] salt = new byte[SALT_BYTES];
    in.get(salt);
    int recordSize = in.getInt();
    byte[] sender = new byte[in.get() & 0xff];
    in.get(sender);
    byte[] sealed = new byte[in.remaining()];
    in.get(sealed);
    if (sender.length != POINT_BYTES || sealed.length > recordSize) {
      throw new GeneralSecurityException("not one record of a Web Push message");
    }
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(privateKey);
    agreement.doPhase(publicKey(sender), true);
    byte[] info = concat(text("WebPush: info\0"), publicPoint, sender, new byte[] {1});
    byte[] input = hmac(hmac(auth, agreement.generateSecret()), info);
    byte[] pseudoRandom = hmac(salt, input);
    byte[] key = hmac(pseudoRandom, concat(text("Content-Encoding: aes128gcm\0"), new byte[] {1}));
    byte[] nonce = hmac(pseudoRandom, concat(text("Content-Encoding: nonce\0"), new byte[] {1}));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(Arrays.copyOf(key, 16), "AES"),
        new GCMParameterSpec(TAG_BITS, Arrays.copyOf(nonce, 12)));
    byte[] padded = cipher.doFinal(sealed);
    int end = padded.length - 1;
    while (end >= 0 && padded[end] == 0) {
      end--;
    }
    if (end < 0 || padded[end] != 2) {
      throw new GeneralSecurityException("the last record has no end");
    }
    return new String(padded, 0, end, StandardCharsets.UTF_8);
  }

  /**
   * Reads {@code Authorization: vapid t=<JWT>, k=<key>} (RFC 8292).
   *
   * @return the claims
   * @throws GeneralSecurityException when it is not signed with its own key
   */
  public static Map<?, ?> vapid(@Nullable String authorization) throws GeneralSecurityException {
    String token = null;
    String key = null;
    if (authorization != null && authorization.startsWith("vapid ")) {
      for (String part : authorization.substring("vapid ".length()).split(",")) {
        String stripped = part.strip();
        if (stripped.startsWith("t=")) {
          token = stripped.substring(2);
        } else if (stripped.startsWith("k=")) {
          key = stripped.substring(2);
        }
      }
    }
    String[] parts = token == null ? new String[0] : token.split("\\.");
    if (parts.length != 3 || key == null) {
      throw new GeneralSecurityException("no VAPID token with its key");
    }
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initVerify(publicKey(bytes(key)));
      signature.update(text(parts[0] + "." + parts[1]));
      if (signature.verify(bytes(parts[2]))
          && Json.parse(new String(bytes(parts[1]), StandardCharsets.UTF_8))
              instanceof Map<?, ?> claims) {
        return claims;
      }
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException(e);
    }
    throw new GeneralSecurityException("not signed with its key");
  }

  private static byte[] point(ECPublicKey key) {
    byte[] point = new byte[POINT_BYTES];
    point[0] = 4;
    copy(key.getW().getAffineX(), point, 1);
    copy(key.getW().getAffineY(), point, 33);
    return point;
  }

  private static void copy(BigInteger number, byte[] to, int at) {
    byte[] bytes = number.toByteArray();
    int length = Math.min(bytes.length, 32);
    System.arraycopy(bytes, bytes.length - length, to, at + 32 - length, length);
  }

  private static PublicKey publicKey(byte[] point) throws GeneralSecurityException {
    if (point.length != POINT_BYTES || point[0] != 4) {
      throw new GeneralSecurityException("not an uncompressed point");
    }
    BigInteger x = new BigInteger(1, Arrays.copyOfRange(point, 1, 33));
    BigInteger y = new BigInteger(1, Arrays.copyOfRange(point, 33, POINT_BYTES));
    return KeyFactory.getInstance("EC")
        .generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve()));
  }

  private static ECParameterSpec curve() throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec("secp256r1"));
    return parameters.getParameterSpec(ECParameterSpec.class);
  }

  private static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(data);
  }

  private static byte[] concat(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String base64Url) {
    return Base64.getUrlDecoder().decode(base64Url);
  }
}
