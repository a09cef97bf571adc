package io.parley.user.password;

/**
 * @param deviceToken for the login that follows, which no stranger's failures slow down
 */
record PasswordReset(String deviceToken) {

  /** Without the token. */
  @Override
  public String toString() {
    return "PasswordReset[]";
  }
}
