package io.parley.user.address;

import com.ibm.icu.text.IDNA;
import com.ibm.icu.text.Normalizer2;
import io.parley.common.text.Folding;
import io.parley.common.text.Precis;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An email address that a mail can be sent to: RFC 5321's {@code Dot-string} before the {@code @},
 * or RFC 6531's, and a domain of two labels and more behind it, by IDNA 2008 as UTS 46 has it, so
 * {@code ß} stays what it is. Neither quoted strings nor address literals.
 *
 * @param local before the {@code @}
 * @param domain in Unicode, lower case
 * @param asciiDomain the same as it is looked up, in A-labels
 */
public record Address(String local, String domain, String asciiDomain) {

  /** RFC 5321, 4.5.3.1, in octets. */
  private static final int MAX_LOCAL = 64;

  private static final int MAX = 254;

  private static final IDNA UTS46 =
      IDNA.getUTS46Instance(
          IDNA.USE_STD3_RULES
              | IDNA.CHECK_BIDI
              | IDNA.CHECK_CONTEXTJ
              | IDNA.CHECK_CONTEXTO
              | IDNA.NONTRANSITIONAL_TO_ASCII
              | IDNA.NONTRANSITIONAL_TO_UNICODE);

  private static final Normalizer2 NFKC = Normalizer2.getNFKCInstance();

  private static final Pattern ASCII_LOCAL =
      Pattern.compile("[\\w!#$%&'*+/=?^`{|}~-]+(\\.[\\w!#$%&'*+/=?^`{|}~-]+)*");

  private static final Pattern WIDE = Pattern.compile("[\\uff01-\\uff5e]+");

  /** A top-level domain is no number: else it were an IP address. */
  private static final Pattern DOMAIN = Pattern.compile("([^.]+\\.)+[^.]*[^.0-9][^.]*");

  /** Empty for what no mail can be sent to. */
  public static Optional<Address> of(String typed) {
    String text = narrow(typed);
    int at = text.lastIndexOf('@');
    if (at < 1) {
      return Optional.empty();
    }
    String local = text.substring(0, at);
    IDNA.Info info = new IDNA.Info();
    String ascii = UTS46.nameToASCII(text.substring(at + 1), new StringBuilder(), info).toString();
    if (info.hasErrors() || !DOMAIN.matcher(ascii).matches() || !isLocal(local)) {
      return Optional.empty();
    }
    String domain = UTS46.nameToUnicode(ascii, new StringBuilder(), info).toString();
    Address address = new Address(local, domain, ascii);
    return info.hasErrors() || address.wire().getBytes(StandardCharsets.UTF_8).length > MAX
        ? Optional.empty()
        : Optional.of(address);
  }

  /** Only these: else {@code ﬁ} before the {@code @} would be another's {@code fi}. */
  private static String narrow(String typed) {
    return WIDE.matcher(Normalizer2.getNFCInstance().normalize(typed))
        .replaceAll(wide -> NFKC.normalize(wide.group()).replace("\\", "\\\\").replace("$", "\\$"));
  }

  private static boolean isLocal(String local) {
    if (local.getBytes(StandardCharsets.UTF_8).length > MAX_LOCAL) {
      return false;
    }
    String ascii = local.replaceAll("[^\\x00-\\x7f]", "x");
    return ASCII_LOCAL.matcher(ascii).matches()
        && (ascii.equals(local) || Precis.username(local).isPresent());
  }

  /** As {@link #text} of an address; anything else as it is. */
  public static String normalized(String typed) {
    return of(typed).map(Address::text).orElse(typed);
  }

  /** As {@link #wire()} of an address; anything else as it is. */
  public static String wire(String kept) {
    return of(kept).map(Address::wire).orElse(kept);
  }

  /** What addresses are compared by, in the case of the local part, too, as mail servers do it. */
  public static String key(String typed) {
    return of(Folding.strip(typed)).map(Address::key).orElseGet(() -> Folding.caseless(typed));
  }

  private String key() {
    return Folding.caseless(local) + "@" + asciiDomain;
  }

  /** As it is kept and shown. */
  public String text() {
    return local + "@" + domain;
  }

  /** As a mail server is told: the domain in ASCII. */
  public String wire() {
    return local + "@" + asciiDomain;
  }

  /** Whether a mail server needs SMTPUTF8 (RFC 6531) to take mails to it. */
  public boolean isInternationalized() {
    return !local.chars().allMatch(c -> c < 0x80);
  }
}
