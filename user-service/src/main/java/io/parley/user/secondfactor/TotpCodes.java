package io.parley.user.secondfactor;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import io.parley.common.text.Folding;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.crypto.spec.SecretKeySpec;
import org.apache.commons.codec.binary.Base32;

/**
 * RFC 6238 as every authenticator app has it: SHA-1, 6 digits, 30 s. A code of the step before or
 * after passes too, for clocks that differ.
 */
final class TotpCodes {

  /** Of a code that does not match. */
  static final long NO_STEP = -1;

  private static final int SECRET_BYTES = 20;
  private static final int RECOVERY_CODES = 10;
  private static final int RECOVERY_BYTES = 10;
  private static final int RECOVERY_PART = 4;
  private static final String ISSUER = "Parley";

  private final TimeBasedOneTimePasswordGenerator generator =
      new TimeBasedOneTimePasswordGenerator();
  private final Base32 base32 = new Base32();
  private final SecureRandom random = new SecureRandom();

  /** Base32, as it is shown to be typed in. */
  String newSecret() {
    return randomText(SECRET_BYTES);
  }

  /** What a QR code shows. A username needs no escapes. */
  static String uri(String username, String secret) {
    return "otpauth://totp/"
        + ISSUER
        + ":"
        + username
        + "?secret="
        + secret
        + "&issuer="
        + ISSUER
        + "&algorithm=SHA1&digits=6&period=30";
  }

  /** Which step a code is of, or {@link #NO_STEP}. */
  long step(String secret, String code, Instant now) {
    long seconds = generator.getTimeStep().toSeconds();
    long present = now.getEpochSecond() / seconds;
    long found = NO_STEP;
    for (long step = present - 1; step <= present + 1; step++) {
      if (same(code, code(secret, step * seconds))) {
        found = step;
      }
    }
    return found;
  }

  private String code(String secret, long epochSecond) {
    try {
      return generator.generateOneTimePasswordString(
          new SecretKeySpec(base32.decode(secret), generator.getAlgorithm()),
          Instant.ofEpochSecond(epochSecond),
          Locale.ROOT);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean same(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  /** 80 random bits each, in four parts. */
  List<String> newRecoveryCodes() {
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < RECOVERY_CODES; i++) {
      codes.add(randomText(RECOVERY_BYTES).replaceAll("(.{" + RECOVERY_PART + "})(?!$)", "$1-"));
    }
    return codes;
  }

  /** The digits, however an app shows them: {@code 123 456}, {@code 123-456}, in any script. */
  static String digits(String code) {
    StringBuilder digits = new StringBuilder();
    code.codePoints()
        .filter(c -> c != '-' && !Character.isSpaceChar(c) && !Character.isWhitespace(c))
        .forEach(c -> digits.append(Character.isDigit(c) ? digit(c) : Character.toString(c)));
    return digits.toString();
  }

  private static String digit(int c) {
    return Integer.toString(Character.digit(c, 10));
  }

  /** As it was given out, however it was typed. */
  static String normalized(String recoveryCode) {
    return Folding.caseless(recoveryCode).replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT);
  }

  private String randomText(int bytes) {
    byte[] chosen = new byte[bytes];
    random.nextBytes(chosen);
    return base32.encodeToString(chosen);
  }
}
