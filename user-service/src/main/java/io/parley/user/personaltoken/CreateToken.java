package io.parley.user.personaltoken;

import io.parley.common.text.Nickname;
import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param name for its owner to know it by
 * @param scopes words such as {@code messages:read}
 * @param expiresAt within a year; within an hour with the scope {@code admin}
 * @param password of the owner: a token outlives the login that makes it
 * @param code of the second factor, if it is on
 */
public record CreateToken(
    @NotNull @Nickname(max = 64) String name,
    @NotEmpty @Size(max = 20) List<@NotNull @Size(max = 32) String> scopes,
    @NotNull Instant expiresAt,
    @NotNull @PlainText(max = 256) String password,
    @PlainText(max = 32) @Nullable String code) {

  public CreateToken {
    if (name != null) {
      name = Nickname.Validator.mapped(name);
    }
  }

  /** Without the password: commands end up in logs. */
  @Override
  public String toString() {
    return "CreateToken[" + name + "]";
  }
}
