package io.parley.user.session;

import io.parley.common.text.Folding;
import io.parley.common.text.Nickname;
import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * @param login a username or an email address, in any case; blanks around it do not count
 * @param deviceName for the list of sessions
 * @param deviceToken of an earlier login from this device
 * @param code of the second factor
 */
record LogIn(
    @NotNull @PlainText(max = 254) String login,
    @NotNull @PlainText(max = 256) String password,
    @Nickname(max = 64) @Nullable String deviceName,
    @Size(max = 128) @Nullable String deviceToken,
    @PlainText(max = 32) @Nullable String code) {

  LogIn {
    if (deviceName != null) {
      deviceName = Nickname.Validator.mapped(deviceName);
    }
    // From a keyboard that adds a blank, or pasted with the end of its line.
    if (login != null) {
      login = Folding.strip(login);
    }
  }

  /** Without the secrets: commands end up in logs. */
  @Override
  public String toString() {
    return "LogIn[]";
  }
}
