package io.parley.user.account;

import io.parley.common.ids.UserId;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** What another service asks: which of these exist? */
record LookUpAccounts(@NotNull @Size(max = 1000) List<@NotNull UserId> ids) {}
