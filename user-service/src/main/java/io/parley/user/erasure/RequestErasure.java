package io.parley.user.erasure;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;

record RequestErasure(
    @NotNull @PlainText(max = 256) String password, @NotNull AuthoredMessages messages) {

  /** Without the password: commands end up in logs. */
  @Override
  public String toString() {
    return "RequestErasure[" + messages + "]";
  }
}
