/** Messages whose recipients are not connected, on their way to notification-service. */
@NullMarked
package io.parley.message.missed;

import org.jspecify.annotations.NullMarked;
