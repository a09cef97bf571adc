package io.parley.user.erasure;

import java.util.UUID;

/**
 * @param statusToken shown once; the only way to ask for the state, as nobody can log in any more
 */
public record ErasureAccepted(UUID id, String statusToken) {

  /** Without the token. */
  @Override
  public String toString() {
    return "ErasureAccepted[" + id + "]";
  }
}
