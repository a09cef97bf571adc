package io.parley.user.account;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.text.PlainText;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Profiles and search, for users. */
@RestController
@RequestMapping("/api/v1/users")
class UsersController {

  private final Accounts accounts;

  UsersController(Accounts accounts) {
    this.accounts = accounts;
  }

  @GetMapping("/me")
  @RequiresScope(Scope.ACCOUNT_READ)
  OwnAccountView me(Caller caller) {
    return OwnAccountView.of(accounts.get(caller.id()));
  }

  @PatchMapping("/me")
  @RequiresScope(Scope.ACCOUNT_WRITE)
  OwnAccountView update(Caller caller, @Valid @RequestBody UpdateProfile command) {
    return OwnAccountView.of(accounts.update(caller.id(), command));
  }

  @GetMapping("/{id}")
  @RequiresScope(Scope.USERS_READ)
  AccountView get(@PathVariable UserId id) {
    return AccountView.of(accounts.get(id));
  }

  @GetMapping
  @RequiresScope(Scope.USERS_READ)
  Page<AccountView> search(
      @RequestParam @PlainText(max = 64) String query,
      @RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit,
      @RequestParam(required = false) @Size(max = 64) @Nullable String cursor) {
    Page<Account> page = accounts.search(query, limit, cursor);
    return new Page<>(page.items().stream().map(AccountView::of).toList(), page.next());
  }
}
