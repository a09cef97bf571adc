package io.parley.notification.digest;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.access.AccessProperties;
import io.parley.common.access.ServiceTokens;
import io.parley.common.ids.UserId;
import io.parley.common.nodes.NodeDirectory;
import io.parley.common.nodes.NodeRequests;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Asks user-service where mail reaches somebody, each time: nobody's address is kept here. */
@Component
class MailboxClient {

  private static final String SERVICE = "user-service";

  /**
   * @param locale BCP 47
   * @param recipient whose it is, for bounces; null from a user-service of an earlier build
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Mailbox(String email, String displayName, String locale, @Nullable String recipient) {}

  /** User-service does not answer now. */
  static final class AwayException extends Exception {

    private static final long serialVersionUID = 1L;

    AwayException(String message) {
      super(message);
    }
  }

  private final RestClient http;
  private final ServiceTokens tokens;

  MailboxClient(
      RestClient.Builder builder,
      AccessProperties access,
      DigestProperties properties,
      NodeDirectory directory,
      ServiceTokens tokens) {
    this.http =
        NodeRequests.client(
            builder,
            directory.nodes(access.userUrl()),
            properties.connectTimeout(),
            properties.readTimeout());
    this.tokens = tokens;
  }

  /**
   * @return null when there is no such user, or none with a verified address who is let in
   * @throws AwayException without the answer, which may hold an address
   */
  @Nullable Mailbox of(UserId user) throws AwayException {
    try {
      ResponseEntity<Mailbox> answer =
          http.post()
              .uri("/internal/users/{id}/mailbox", user)
              .contentType(MediaType.APPLICATION_JSON)
              .header(HttpHeaders.AUTHORIZATION, tokens.bearer(SERVICE))
              .body(Map.of("purpose", "digest"))
              .retrieve()
              .toEntity(Mailbox.class);
      if (answer.getStatusCode().value() == HttpStatus.NO_CONTENT.value()) {
        return null;
      }
      if (!isComplete(answer.getBody())) {
        throw new AwayException("user-service answers nothing that could be used");
      }
      return answer.getBody();
    } catch (RestClientException e) {
      // 404 included: a node of an earlier build does not know the path.
      throw new AwayException("user-service does not answer: " + e.getClass().getSimpleName());
    }
  }

  @SuppressWarnings("NullAway") // JSON may leave out what a record says is never null.
  private static boolean isComplete(@Nullable Mailbox mailbox) {
    return mailbox != null
        && mailbox.email() != null
        && mailbox.displayName() != null
        && mailbox.locale() != null;
  }
}
