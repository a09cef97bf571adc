package io.parley.notification.mail;

import java.util.UUID;

/**
 * The mail server said at once that it does not deliver to the address.
 *
 * @param status an enhanced status code (RFC 3463)
 */
public record RecipientRefused(UUID mail, String status) {}
