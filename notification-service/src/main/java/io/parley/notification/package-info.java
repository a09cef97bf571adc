/** notification-service: knows the users' devices and tells them of the messages they missed. */
@NullMarked
package io.parley.notification;

import org.jspecify.annotations.NullMarked;
