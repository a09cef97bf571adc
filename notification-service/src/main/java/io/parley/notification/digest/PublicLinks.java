package io.parley.notification.digest;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * @param publicUrl where people reach this installation; what links in mails begin with
 */
@ConfigurationProperties("parley")
record PublicLinks(URI publicUrl) {

  String chat() {
    return base() + "/";
  }

  /** The secret is behind the #, where neither a server's log nor a Referer shows it. */
  String unsubscribePage(String token) {
    return base() + "/unsubscribe#" + token;
  }

  /** For mail programs, which send a POST to it. */
  String unsubscribe(String token) {
    return base() + "/api/v1/notifications/unsubscribe?token=" + token;
  }

  private String base() {
    return publicUrl.toString().replaceAll("/+$", "");
  }
}
