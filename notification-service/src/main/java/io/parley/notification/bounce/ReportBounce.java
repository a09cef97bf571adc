package io.parley.notification.bounce;

import io.swagger.v3.oas.annotations.media.Schema;
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
    @NotNull
        @Size(max = 512)
        @Schema(example = "<018f3c6e1a2b4c3d8e4f5a6b7c8d9e0f0123456789abcdef@example.org>")
        String messageId,
    @NotNull
        @Pattern(regexp = StatusCode.PATTERN, message = "must be a code such as 5.1.1")
        @Schema(example = "5.1.1")
        String status) {}
