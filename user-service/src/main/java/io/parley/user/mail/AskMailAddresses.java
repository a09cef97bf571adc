package io.parley.user.mail;

import io.parley.common.ids.UserId;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** What another service asks: where may news be mailed to these users? */
record AskMailAddresses(@NotNull @Size(max = 500) List<@NotNull UserId> ids) {}
