package io.parley.user.bot;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * @param username kept in lower case
 */
record CreateBot(
    @NotNull
        @Pattern(
            regexp = "[A-Za-z0-9_.]{3,32}",
            message = "must be 3 to 32 of the characters a-z, 0-9, _ and .")
        String username,
    @NotNull @PlainText(max = 64) String displayName) {}
