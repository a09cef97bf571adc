/** The devices that users want to be told on. */
@NullMarked
package io.parley.notification.device;

import org.jspecify.annotations.NullMarked;
