package io.parley.user.session;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;

/**
 * @param login a username or an email address, in any case
 */
record LogIn(
    @NotNull @PlainText(max = 254) String login, @NotNull @PlainText(max = 128) String password) {

  /** Without the password: commands end up in logs. */
  @Override
  public String toString() {
    return "LogIn[" + login + "]";
  }
}
