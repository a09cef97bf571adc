package io.parley.user.admin;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.postgres.ReplicaReads;
import io.parley.common.problems.Refuses;
import io.parley.common.text.PlainText;
import io.parley.user.erasure.ErasureAccepted;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Accounts, for admins and moderators. */
@RestController
@Tag(name = "adminUsers", description = "Accounts, for admins and moderators")
@RequestMapping("/api/v1/admin/users")
class AdminUsersController {

  private final AdminUsers users;
  private final ReplicaReads reads;

  AdminUsersController(AdminUsers users, ReplicaReads reads) {
    this.users = users;
    this.reads = reads;
  }

  /** Accounts by username. Only admins may search by address, or see one. */
  @Operation(summary = "Find accounts")
  @GetMapping
  @RequiresScope(Scope.MODERATE)
  @Refuses("insufficient-scope")
  Page<AdminUserView> find(
      Caller caller,
      @RequestParam(required = false) @PlainText(max = 64) @Nullable String query,
      @RequestParam(required = false) @PlainText(max = 254) @Nullable String email,
      @RequestParam(required = false) @Schema(allowableValues = {"user", "moderator", "admin"})
          @Nullable String role,
      @RequestParam(required = false) @Nullable Boolean locked,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Size(max = 64) @Nullable String cursor) {
    FindAccounts question = new FindAccounts(query, email, AdminWords.role(role), locked);
    users.searched(caller, question);
    return reads.mayBeStale(() -> users.find(caller, question, limit, cursor));
  }

  /** One account; to admins with its sessions. */
  @Operation(summary = "An account")
  @GetMapping("/{id}")
  @RequiresScope(Scope.MODERATE)
  @Refuses("not-found")
  AdminUserDetails get(Caller caller, @PathVariable UserId id) {
    return users.get(caller, id);
  }

  /** Locks an account and ends its sessions. Locked again, the reason and the time are replaced. */
  @Operation(summary = "Lock an account")
  @PostMapping("/{id}/lock")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.MODERATE)
  @Refuses({"not-found", "role-too-low", "own-account", "last-admin"})
  void lock(Caller caller, @PathVariable UserId id, @Valid @RequestBody LockAccount command) {
    users.lock(caller, id, command);
  }

  /** Unlocks an account; may be repeated. */
  @Operation(summary = "Unlock an account")
  @PostMapping("/{id}/unlock")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.MODERATE)
  @Refuses({"not-found", "role-too-low"})
  void unlock(Caller caller, @PathVariable UserId id) {
    users.unlock(caller, id);
  }

  /** Gives an account another role. One who loses rights is logged out. */
  @Operation(summary = "Give an account another role")
  @PutMapping("/{id}/role")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.ADMIN)
  @Refuses({"not-found", "role-too-low", "last-admin", "bots-have-no-role"})
  void setRole(Caller caller, @PathVariable UserId id, @Valid @RequestBody SetRole command) {
    users.setRole(caller, id, command.role());
  }

  /** Ends all sessions and personal tokens of an account. */
  @Operation(summary = "End all sessions and tokens of an account")
  @DeleteMapping("/{id}/sessions")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.MODERATE)
  @Refuses({"not-found", "role-too-low"})
  void endSessions(Caller caller, @PathVariable UserId id) {
    users.endSessions(caller, id);
  }

  /** Erases an account, as its user could. */
  @Operation(summary = "Erase an account")
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @RequiresScope(Scope.ADMIN)
  @Refuses({"not-found", "role-too-low", "own-account", "last-admin"})
  ErasureAccepted erase(
      Caller caller,
      @PathVariable UserId id,
      @RequestParam(defaultValue = "keep-anonymous")
          @Schema(allowableValues = {"keep-anonymous", "remove"})
          String messages) {
    return users.erase(caller, id, AdminWords.messages(messages));
  }
}
