package io.parley.notification.bounce;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/**
 * What a mail provider knows of a mail that came back.
 *
 * @param messageId the mail's Message-ID, with or without its brackets
 * @param status an enhanced status code (RFC 3463), {@code 5.1.1}
 */
record ReportBounce(
    @NotNull @Size(max = 512) String messageId,
    @NotNull @Pattern(regexp = StatusCode.PATTERN, message = "must be a code such as 5.1.1")
        String status) {}
