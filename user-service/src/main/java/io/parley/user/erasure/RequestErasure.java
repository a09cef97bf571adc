package io.parley.user.erasure;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * @param code of the second factor, if it is on
 */
record RequestErasure(
    @NotNull @PlainText(max = 256) String password,
    @PlainText(max = 32) @Nullable String code,
    @NotNull AuthoredMessages messages) {

  /** Without the password: commands end up in logs. */
  @Override
  public String toString() {
    return "RequestErasure[" + messages + "]";
  }
}
