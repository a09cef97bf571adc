/** Decides who is notified of which message, and keeps it true on the devices' screens. */
@NullMarked
package io.parley.notification.decision;

import org.jspecify.annotations.NullMarked;
