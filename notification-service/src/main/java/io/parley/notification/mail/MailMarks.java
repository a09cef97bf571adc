package io.parley.notification.mail;

import io.parley.common.access.AccessProperties;
import io.parley.common.access.ServiceTokens;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * What a mail is known by outside: its id and a tag under a key of the fleet, in hexadecimal digits
 * that survive any mail server. Who never had the mail can not make its mark, even who knows its
 * id, so nobody can have another's mail reported as undeliverable.
 */
@Component
public final class MailMarks {

  private static final String PURPOSE = "mail-marks";
  private static final int ID_DIGITS = 32;
  private static final int TAG_BYTES = 8;

  private static final Pattern MARK =
      Pattern.compile("(?<![0-9a-f])[0-9a-f]{48}(?![0-9a-f])", Pattern.CASE_INSENSITIVE);

  private final SecretKeySpec key;

  MailMarks(AccessProperties access) {
    this.key = new SecretKeySpec(ServiceTokens.derive(access.secret(), PURPOSE), "HmacSHA256");
  }

  String of(UUID mail) {
    return mail.toString().replace("-", "") + HexFormat.of().formatHex(tag(mail));
  }

  /** The mail whose mark is in a text such as a Message-ID or an address. */
  public Optional<UUID> find(String text) {
    Matcher marks = MARK.matcher(text);
    while (marks.find()) {
      String mark = marks.group().toLowerCase(Locale.ROOT);
      byte[] bytes = HexFormat.of().parseHex(mark);
      ByteBuffer id = ByteBuffer.wrap(bytes, 0, ID_DIGITS / 2);
      UUID mail = new UUID(id.getLong(), id.getLong());
      if (MessageDigest.isEqual(
          tag(mail), Arrays.copyOfRange(bytes, ID_DIGITS / 2, bytes.length))) {
        return Optional.of(mail);
      }
    }
    return Optional.empty();
  }

  private byte[] tag(UUID mail) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update(
          ByteBuffer.allocate(ID_DIGITS / 2)
              .putLong(mail.getMostSignificantBits())
              .putLong(mail.getLeastSignificantBits())
              .array());
      return Arrays.copyOf(mac.doFinal(), TAG_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
