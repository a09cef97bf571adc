package io.parley.user.mailbox;

import jakarta.validation.constraints.NotNull;

/** What another service asks: where does mail reach this user? */
record AskMailbox(@NotNull MailPurpose purpose) {}
