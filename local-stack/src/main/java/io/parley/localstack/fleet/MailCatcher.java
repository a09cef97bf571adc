package io.parley.localstack.fleet;

import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Pause;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The mails that a fleet sent, read from GreenMail's HTTP API. It keeps them in memory: they end
 * with its process.
 */
public final class MailCatcher {
  /** A mail that could not be sent twice is tried again after a minute. */
  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(90);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final Pattern LINK = Pattern.compile("https?://[^\\s<>\"]+");

  private final String url;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final JsonMapper json = JsonMapper.builder().build();

  MailCatcher(String url) {
    this.url = url;
  }

  /**
   * @param text the plain one of its forms
   */
  public record Mail(String subject, String text) {

    /** The first link that has this in it. */
    public Optional<String> link(String part) {
      Matcher links = LINK.matcher(text);
      while (links.find()) {
        if (links.group().contains(part)) {
          return Optional.of(links.group());
        }
      }
      return Optional.empty();
    }
  }

  /** Of its HTTP API. */
  public String url() {
    return url;
  }

  /** What arrived so far, oldest first. */
  public List<Mail> to(String address) {
    String path = "/api/user/" + URLEncoder.encode(address, StandardCharsets.UTF_8) + "/messages";
    try {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(url + path))
                  .timeout(Duration.ofSeconds(30))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      List<Mail> mails = new ArrayList<>();
      // 400 says that nothing was ever sent to this address.
      if (response.statusCode() == 200) {
        for (JsonNode message : json.readTree(response.body())) {
          mails.add(read(message.path("mimeMessage").asString("")));
        }
      }
      return mails;
    } catch (IOException | MessagingException e) {
      throw new LocalStackException("the mail catcher at " + url + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalStackException("interrupted", e);
    }
  }

  /** Waits for a mail with such a link and returns the link; the newest when there are several. */
  public String awaitLink(String address, String part) {
    long deadline = System.nanoTime() + ARRIVES_WITHIN.toNanos();
    while (true) {
      List<Mail> mails = to(address).reversed();
      for (Mail mail : mails) {
        Optional<String> link = mail.link(part);
        if (link.isPresent()) {
          return link.get();
        }
      }
      if (System.nanoTime() > deadline) {
        throw new LocalStackException(
            "no mail with a link "
                + part
                + " came to "
                + address
                + " within "
                + ARRIVES_WITHIN.toSeconds()
                + " s; other mails: "
                + mails.stream().map(Mail::subject).toList());
      }
      Pause.of(BETWEEN_LOOKS);
    }
  }

  static Mail read(String mime) throws MessagingException, IOException {
    MimeMessage message =
        new MimeMessage(null, new ByteArrayInputStream(mime.getBytes(StandardCharsets.ISO_8859_1)));
    String subject = message.getSubject();
    String text = plain(message);
    return new Mail(subject == null ? "" : subject, text == null ? "" : text);
  }

  private static @Nullable String plain(Part part) throws MessagingException, IOException {
    Object content = part.getContent();
    if (content instanceof MimeMultipart parts) {
      for (int i = 0; i < parts.getCount(); i++) {
        String text = plain(parts.getBodyPart(i));
        if (text != null) {
          return text;
        }
      }
      return null;
    }
    return part.isMimeType("text/plain") && content instanceof String text ? text : null;
  }
}
