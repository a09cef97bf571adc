package io.parley.user.secondfactor;

/**
 * @param secret base32, to be typed in
 * @param uri the same as an {@code otpauth} URI, to be shown as a QR code
 */
record TotpSecret(String secret, String uri) {

  /** Without the secret: answers end up in logs. */
  @Override
  public String toString() {
    return "TotpSecret[]";
  }
}
