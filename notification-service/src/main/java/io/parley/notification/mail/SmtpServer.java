package io.parley.notification.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.jspecify.annotations.Nullable;
import org.springframework.mail.MailAuthenticationException;
import org.springframework.mail.MailException;
import org.springframework.mail.MailSendException;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mail.javamail.MimeMessageHelper;
import org.springframework.stereotype.Component;

/** The mail server that letters are handed to, one connection for each. */
@Component
class SmtpServer {

  private static final int MAX_ADDRESS_CHARS = 320;

  /** Refused for want of a login or of encryption: wrong settings, which somebody will mend. */
  private static final Set<Integer> OUR_FAULT = Set.of(530, 534, 535, 538);

  /** At the beginning of what the server says (RFC 2034). */
  private static final Pattern STATUS = Pattern.compile("5\\d\\d[ -](5\\.\\d{1,3}\\.\\d{1,3})\\b");

  private final JavaMailSenderImpl sender = new JavaMailSenderImpl();
  private final MailMarks marks;
  private final SmtpProperties properties;
  private final Clock clock;

  SmtpServer(SmtpProperties properties, MailMarks marks, Clock clock) {
    this.properties = properties;
    this.marks = marks;
    this.clock = clock;
    sender.setHost(properties.host());
    sender.setPort(properties.port());
    if (!properties.user().isEmpty()) {
      sender.setUsername(properties.user());
      sender.setPassword(properties.password());
    }
    sender.setJavaMailProperties(properties.javaMail());
    sender.setDefaultEncoding(StandardCharsets.UTF_8.name());
  }

  /** Null when there is none. */
  @Nullable String address() {
    return properties.isOn() ? properties.host() + ":" + properties.port() : null;
  }

  /** Failures are outcomes, not exceptions: what exceptions say here holds addresses. */
  SmtpOutcome send(Letter letter) {
    try {
      sender.send(message(letter));
      return SmtpOutcome.SENT;
    } catch (AddressException e) {
      return SmtpOutcome.refused("not an address");
    } catch (MailAuthenticationException e) {
      return SmtpOutcome.deferred("login refused");
    } catch (MailException | MessagingException e) {
      Reply reply = reply(e);
      if (reply == null) {
        return SmtpOutcome.deferred("no answer");
      }
      String code = Integer.toString(reply.code());
      return reply.code() >= 500 && !OUR_FAULT.contains(reply.code())
          ? SmtpOutcome.refused(code, reply.recipientStatus())
          : SmtpOutcome.deferred(code);
    }
  }

  private MimeMessage message(Letter letter) throws MessagingException {
    SMTPMessage message = new SMTPMessage(sender.getSession());
    MimeMessageHelper helper = new MimeMessageHelper(message, true, StandardCharsets.UTF_8.name());
    helper.setFrom(properties.sender());
    helper.setTo(recipient(letter.to()));
    helper.setSubject(letter.subject());
    helper.setText(letter.text(), letter.html());
    helper.setSentDate(Date.from(clock.instant()));
    String from = properties.sender().getAddress();
    String domain = from.substring(from.lastIndexOf('@') + 1);
    String mark = marks.of(letter.id());
    message.setHeader("Message-ID", "<" + mark + "@" + domain + ">");
    if (!properties.bouncesTo().isEmpty()) {
      message.setEnvelopeFrom(properties.bouncesTo().replace(SmtpProperties.ID, mark));
    }
    // Of a mail that comes back its head is enough; servers that can not do this are not asked.
    message.setNotifyOptions(SMTPMessage.NOTIFY_FAILURE);
    message.setReturnOption(SMTPMessage.RETURN_HDRS);
    message.setHeader("Content-Language", letter.language());
    // RFC 3834: nobody's holiday notice is to answer.
    message.setHeader("Auto-Submitted", "auto-generated");
    String unsubscribe = letter.unsubscribe();
    if (unsubscribe != null) {
      // RFC 2919: rules of the reader's own can tell such mails from those on the account.
      message.setHeader("List-Id", "<" + letter.list() + "." + domain + ">");
      message.setHeader("List-Unsubscribe", "<" + unsubscribe + ">");
      if (unsubscribe.startsWith("https:")) {
        // RFC 8058 promises one click for HTTPS only.
        message.setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
      }
    }
    return message;
  }

  /** Exactly one address, without a name, a group or anything that could begin another header. */
  private static InternetAddress recipient(String to) throws AddressException {
    int at = to.lastIndexOf('@');
    boolean plain =
        to.length() <= MAX_ADDRESS_CHARS
            && at > 0
            && to.codePoints().noneMatch(c -> Character.isISOControl(c) || isAstray(c))
            && to.substring(0, at).chars().allMatch(c -> c < 0x80);
    if (!plain) {
      throw new AddressException("not an address");
    }
    try {
      String domain = IDN.toASCII(to.substring(at + 1), IDN.USE_STD3_ASCII_RULES);
      InternetAddress address = new InternetAddress(to.substring(0, at + 1) + domain, true);
      address.validate();
      return address;
    } catch (IllegalArgumentException e) {
      throw new AddressException("not an address");
    }
  }

  private static boolean isAstray(int codePoint) {
    return Character.isWhitespace(codePoint)
        || Character.isSpaceChar(codePoint)
        || ",;:<>()[]\\\"".indexOf(codePoint) >= 0;
  }

  /** The first reply in the tangle of causes and next exceptions; null when there is none. */
  private static @Nullable Reply reply(Exception failure) {
    Deque<Throwable> open = new ArrayDeque<>();
    Set<Throwable> seen = new HashSet<>();
    open.add(failure);
    while (!open.isEmpty()) {
      Throwable one = open.remove();
      if (!seen.add(one)) {
        continue;
      }
      int code = -1;
      String recipientStatus = null;
      if (one instanceof SMTPAddressFailedException address) {
        code = address.getReturnCode();
        Matcher status = STATUS.matcher(String.valueOf(address.getMessage()));
        recipientStatus = status.lookingAt() ? status.group(1) : null;
      } else if (one instanceof SMTPSenderFailedException from) {
        code = from.getReturnCode();
      } else if (one instanceof SMTPSendFailedException send) {
        code = send.getReturnCode();
      }
      if (code >= 400) {
        return new Reply(code, recipientStatus);
      }
      if (one instanceof MailSendException several) {
        for (Exception each : several.getMessageExceptions()) {
          open.add(each);
        }
      }
      if (one instanceof MessagingException messaging && messaging.getNextException() != null) {
        open.add(messaging.getNextException());
      }
      if (one.getCause() != null) {
        open.add(one.getCause());
      }
    }
    return null;
  }

  /**
   * @param recipientStatus the enhanced status code with which the recipient was refused; null when
   *     it was something else, or the server gave none
   */
  private record Reply(int code, @Nullable String recipientStatus) {}
}
