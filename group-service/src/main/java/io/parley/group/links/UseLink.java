package io.parley.group.links;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * @param token in the body, not in the path: paths are logged
 */
record UseLink(
    @NotNull @Pattern(regexp = "[A-Za-z0-9_-]{43}", message = "is not a token") String token) {

  LinkToken linkToken() {
    return new LinkToken(token);
  }
}
