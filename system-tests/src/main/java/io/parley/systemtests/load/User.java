package io.parley.systemtests.load;

import java.time.Instant;

/**
 * One who was registered to be put under load, and its newest tokens.
 *
 * @param expiresAt the end of the access token
 */
record User(String id, String name, String accessToken, String refreshToken, Instant expiresAt) {

  /** Without the tokens. */
  @Override
  public String toString() {
    return name;
  }
}
