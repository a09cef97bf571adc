/**
 * Pushes, once per device and message; through Firebase Cloud Messaging, or as another package
 * does.
 */
@NullMarked
package io.parley.notification.push;

import org.jspecify.annotations.NullMarked;
