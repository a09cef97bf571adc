package io.parley.user.account;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.postgres.ReplicaReads;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The caller's own account. */
@RestController
@Tag(name = "me", description = "The caller's own account")
@RequestMapping("/api/v1/users/me")
class MeController {

  private final Accounts accounts;
  private final ReplicaReads reads;
  private final EntityTags tags;

  MeController(Accounts accounts, EntityTags tags, ReplicaReads reads) {
    this.accounts = accounts;
    this.reads = reads;
    this.tags = tags;
  }

  /** The account, with an ETag. */
  @Operation(summary = "The caller's own account")
  @GetMapping
  @RequiresScope(Scope.ACCOUNT_READ)
  ResponseEntity<OwnAccountView> get(Caller caller) {
    return tagged(OwnAccountView.of(reads.mayBeStale(() -> accounts.get(caller.id()))));
  }

  /**
   * Changes what is named; with If-Match only if the account is still as it was when it was read.
   */
  @Operation(summary = "Change the caller's profile")
  @PatchMapping
  @RequiresScope(Scope.ACCOUNT_WRITE)
  @Refuses("precondition-failed")
  ResponseEntity<OwnAccountView> update(
      Caller caller,
      @Valid @RequestBody UpdateProfile command,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    return tagged(OwnAccountView.of(accounts.update(caller.id(), command, ifMatch)));
  }

  private ResponseEntity<OwnAccountView> tagged(OwnAccountView view) {
    return ResponseEntity.ok()
        .eTag(tags.of(view))
        .cacheControl(CacheControl.noCache().cachePrivate())
        .body(view);
  }
}
