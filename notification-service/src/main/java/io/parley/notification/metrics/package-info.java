/** The meters of notification-service. */
@NullMarked
package io.parley.notification.metrics;

import org.jspecify.annotations.NullMarked;
