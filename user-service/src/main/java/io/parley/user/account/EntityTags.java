package io.parley.user.account;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.springframework.http.ETag;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Strong entity tags (RFC 9110, 8.8.3): a hash of what is shown, so that any change that shows
 * makes another tag, whichever column it came from.
 */
@Component
class EntityTags {

  /** Of SHA-256; enough to tell versions of one account apart. */
  private static final int TAG_CHARS = 22;

  private final JsonMapper json;

  EntityTags(JsonMapper json) {
    this.json = json;
  }

  /** Without quotes. */
  String of(Object view) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(json.writeValueAsBytes(view));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, TAG_CHARS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** By the strong comparison that If-Match asks for. */
  boolean matches(String ifMatch, Object view) {
    String tag = of(view);
    return ETag.parse(ifMatch).stream()
        .anyMatch(given -> given.isWildcard() || (!given.weak() && given.tag().equals(tag)));
  }
}
