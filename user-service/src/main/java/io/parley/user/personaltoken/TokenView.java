package io.parley.user.personaltoken;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.access.Scope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param usedAt to the minute; null when it was never used
 * @param token only in answer to its creation: it can not be shown again
 */
public record TokenView(
    TokenId id,
    String name,
    List<String> scopes,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant usedAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String token) {

  static TokenView of(PersonalToken token, @Nullable String secret) {
    return new TokenView(
        new TokenId(token.id()),
        token.name(),
        token.scopes().stream().sorted().map(Scope::value).toList(),
        token.createdAt(),
        token.expiresAt(),
        token.usedAt(),
        secret);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "TokenView[" + id + "]";
  }
}
