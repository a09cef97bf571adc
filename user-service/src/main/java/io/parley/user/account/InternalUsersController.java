package io.parley.user.account;

import io.parley.common.edge.Page;
import jakarta.validation.Valid;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Accounts, for the other services. */
@RestController
class InternalUsersController {

  private final Accounts accounts;

  InternalUsersController(Accounts accounts) {
    this.accounts = accounts;
  }

  /** All on one page: the request is bounded. */
  @PostMapping("/internal/users/lookup")
  Page<AccountView> lookUp(@Valid @RequestBody LookUpAccounts question) {
    return new Page<>(accounts.find(question.ids()).stream().map(AccountView::of).toList(), null);
  }
}
