package io.parley.user.secondfactor;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;

/** Both factors, for what concerns the second. */
record ProveBoth(
    @NotNull @PlainText(max = 256) String password, @NotNull @PlainText(max = 32) String code) {

  /** Without the password. */
  @Override
  public String toString() {
    return "ProveBoth[]";
  }
}
