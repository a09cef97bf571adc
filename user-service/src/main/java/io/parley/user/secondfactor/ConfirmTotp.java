package io.parley.user.secondfactor;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;

record ConfirmTotp(@NotNull @PlainText(max = 32) String code) {}
