package io.parley.notification.bounce;

import io.parley.notification.mail.MailMarks;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads delivery status notifications (RFC 3464). Which mail one is about is told by the mail's
 * mark: in the Message-ID of what is returned, or in the address that the notification was sent to,
 * or in what it says to answer.
 */
@Component
class DsnReader {

  /** Of the notification itself, where a mail server leaves whom it was sent to, and on what. */
  private static final List<String> OWN_HEADERS =
      List.of(
          "To",
          "Delivered-To",
          "X-Original-To",
          "Envelope-To",
          "X-Envelope-To",
          "In-Reply-To",
          "References");

  /** Our mails have one recipient; a notification with more groups than this is not about one. */
  private static final int MAX_GROUPS = 20;

  private static final int MAX_PARTS = 20;

  private final MailMarks marks;

  DsnReader(MailMarks marks) {
    this.marks = marks;
  }

  /** Empty when it is something else, or not about a mail of ours. */
  Optional<DeliveryReport> read(byte[] message) {
    try {
      MimeMessage mail =
          new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(message));
      return mail.isMimeType("multipart/report") && mail.getContent() instanceof Multipart parts
          ? read(mail, parts)
          : Optional.empty();
    } catch (MessagingException | IOException | RuntimeException e) {
      // Whatever a stranger's bytes make of the parser.
      return Optional.empty();
    }
  }

  private Optional<DeliveryReport> read(MimeMessage mail, Multipart parts)
      throws MessagingException, IOException {
    List<InternetHeaders> groups = null;
    UUID about = null;
    for (int i = 0; i < Math.min(parts.getCount(), MAX_PARTS); i++) {
      BodyPart part = parts.getBodyPart(i);
      if (part.isMimeType("message/delivery-status")) {
        groups = groups(part);
      } else if (part.isMimeType("message/rfc822")
          || part.isMimeType("text/rfc822-headers")
          || part.isMimeType("message/rfc822-headers")) {
        about = returned(part);
      }
    }
    if (groups == null) {
      return Optional.empty();
    }
    if (about == null) {
      about = marked(mail);
    }
    return about == null
        ? Optional.empty()
        : Optional.of(new DeliveryReport(about, failure(groups)));
  }

  /** One of the message, then one for each recipient. */
  private static List<InternetHeaders> groups(Part part) throws MessagingException, IOException {
    List<InternetHeaders> groups = new ArrayList<>();
    try (InputStream in = part.getInputStream()) {
      while (in.available() > 0 && groups.size() < MAX_GROUPS) {
        groups.add(new InternetHeaders(in));
      }
    }
    return groups;
  }

  private @Nullable UUID returned(Part part) throws MessagingException, IOException {
    try (InputStream in = part.getInputStream()) {
      return find(new InternetHeaders(in).getHeader("Message-ID"));
    }
  }

  private @Nullable UUID marked(MimeMessage mail) throws MessagingException {
    for (String header : OWN_HEADERS) {
      UUID found = find(mail.getHeader(header));
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private @Nullable UUID find(String @Nullable [] values) {
    if (values != null) {
      for (String value : values) {
        Optional<UUID> found = marks.find(value);
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    return null;
  }

  private static @Nullable StatusCode failure(List<InternetHeaders> groups) {
    for (InternetHeaders group : groups) {
      String action = group.getHeader("Action", null);
      String status = group.getHeader("Status", null);
      if (action != null && action.strip().toLowerCase(Locale.ROOT).startsWith("failed")) {
        StatusCode code = status == null ? null : StatusCode.find(status).orElse(null);
        if (code != null && code.isFailure()) {
          return code;
        }
      }
    }
    return null;
  }
}
