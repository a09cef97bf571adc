package io.parley.common.access;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param keys with what one service's calls of another are signed, {@code
 *     api-gateway>user-service=<base64 of 32 bytes>}; of several for one direction the first signs,
 *     and all are accepted. A direction without one has a key that is derived from the fleet's
 *     secret, where that is known
 * @param tokens with what calls are signed and accepted: each direction's own key, or, while nodes
 *     of an earlier build run, the one that all had
 */
@ConfigurationProperties("parley.calls")
public record CallProperties(@DefaultValue List<String> keys, @DefaultValue("own") Tokens tokens) {

  /** How far an upgrade has got. */
  public enum Tokens {
    /** Nothing else is accepted. */
    OWN,
    /** The direction's own key signs; the one that all had is accepted as well. */
    BOTH,
    /** The one that all had signs; both are accepted. */
    SHARED
  }
}
