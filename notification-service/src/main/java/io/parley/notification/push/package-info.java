/** Pushes through Firebase Cloud Messaging, once per device and message. */
@NullMarked
package io.parley.notification.push;

import org.jspecify.annotations.NullMarked;
