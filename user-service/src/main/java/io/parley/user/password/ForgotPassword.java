package io.parley.user.password;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;

record ForgotPassword(@NotNull @PlainText(max = 254) String email) {}
