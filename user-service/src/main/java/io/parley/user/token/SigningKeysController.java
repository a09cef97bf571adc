package io.parley.user.token;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Rotation of the signing keys, for admins. */
@RestController
@Tag(name = "signingKeys", description = "Rotation of the keys that sign access tokens, for admins")
class SigningKeysController {

  private final SigningKeys keys;

  SigningKeysController(SigningKeys keys) {
    this.keys = keys;
  }

  /**
   * Makes the key that signs access tokens next, and answers from when on it does. Tokens that were
   * signed with the present one stay good until they end. Asked again before then, the answer is
   * the same.
   */
  @Operation(summary = "Change the key that signs access tokens")
  @PostMapping("/api/v1/admin/signing-keys")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @RequiresScope(Scope.ADMIN)
  SigningKeys.Rotation rotate(Caller caller) {
    return keys.rotate(caller.id());
  }

  /**
   * Ends the trust in a key at once: for one that was stolen. Every access token that it signed is
   * refused within a minute; clients refresh theirs.
   */
  @Operation(summary = "Trust a key that signed access tokens no more, at once")
  @DeleteMapping("/api/v1/admin/signing-keys/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.ADMIN)
  @Refuses("not-found")
  void retire(@PathVariable String id, Caller caller) {
    keys.retire(id, caller.id());
  }
}
