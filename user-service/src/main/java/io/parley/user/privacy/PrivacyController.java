package io.parley.user.privacy;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.validation.Valid;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The caller's privacy settings. */
@RestController
@RequestMapping("/api/v1/users/me/privacy")
class PrivacyController {

  private final Privacy privacy;

  PrivacyController(Privacy privacy) {
    this.privacy = privacy;
  }

  /** The settings; everything for everyone when none were made. */
  @Operation(summary = "Who may see and do what with the caller")
  @GetMapping
  @RequiresScope(Scope.ACCOUNT_READ)
  PrivacySettings get(Caller caller) {
    return privacy.get(caller.id());
  }

  /** Replaces the settings; presence, last seen and read receipts stay where they are left out. */
  @Operation(summary = "Set who may see and do what with the caller")
  @PutMapping
  @RequiresScope(Scope.ACCOUNT_WRITE)
  PrivacySettings set(Caller caller, @Valid @RequestBody SetPrivacy settings) {
    return privacy.set(caller.id(), settings);
  }
}
