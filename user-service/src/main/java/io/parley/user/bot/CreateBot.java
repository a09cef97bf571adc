package io.parley.user.bot;

import io.parley.common.text.Nickname;
import io.parley.user.account.Username;
import jakarta.validation.constraints.NotNull;

/**
 * @param username kept in lower case
 */
record CreateBot(
    @NotNull @Username String username, @NotNull @Nickname(max = 64) String displayName) {

  CreateBot {
    if (displayName != null) {
      displayName = Nickname.Validator.mapped(displayName);
    }
    if (username != null) {
      username = Username.Validator.mapped(username);
    }
  }
}
