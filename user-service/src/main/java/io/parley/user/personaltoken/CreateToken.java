package io.parley.user.personaltoken;

import io.parley.common.text.Nickname;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;

/**
 * @param name for its owner to know it by
 * @param scopes words such as {@code messages:read}
 * @param expiresAt within a year
 */
public record CreateToken(
    @NotNull @Nickname(max = 64) String name,
    @NotEmpty @Size(max = 20) List<@NotNull @Size(max = 32) String> scopes,
    @NotNull Instant expiresAt) {

  public CreateToken {
    if (name != null) {
      name = Nickname.Validator.mapped(name);
    }
  }
}
