package io.parley.notification.bounce;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a delivery status notification says of one of our mails.
 *
 * @param status null when it tells of a delay or a delivery, and not of a failure
 */
record DeliveryReport(UUID mail, @Nullable StatusCode status) {}
