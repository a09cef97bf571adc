package io.parley.common.access;

import java.security.Key;
import org.jspecify.annotations.Nullable;

/** Where the public keys of access tokens come from: {@link Jwks}, or user-service's own table. */
public interface AccessKeys {

  /**
   * @param keyId the {@code kid} of a token's header; anybody may have written it
   * @return null when there is no such key
   * @throws io.parley.common.problems.ProblemException 503 when the keys can not be had
   */
  @Nullable Key key(String keyId);
}
