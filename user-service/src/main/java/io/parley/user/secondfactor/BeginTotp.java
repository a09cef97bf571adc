package io.parley.user.secondfactor;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;

record BeginTotp(@NotNull @PlainText(max = 256) String password) {

  /** Without the password. */
  @Override
  public String toString() {
    return "BeginTotp[]";
  }
}
