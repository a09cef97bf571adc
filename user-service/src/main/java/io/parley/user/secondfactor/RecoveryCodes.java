package io.parley.user.secondfactor;

import java.util.List;

/** Shown once. */
record RecoveryCodes(List<String> recoveryCodes) {

  /** Without the codes. */
  @Override
  public String toString() {
    return "RecoveryCodes[]";
  }
}
