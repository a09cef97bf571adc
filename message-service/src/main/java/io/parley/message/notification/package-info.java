/** What happens in conversations, on its way to notification-service. */
@NullMarked
package io.parley.message.notification;

import org.jspecify.annotations.NullMarked;
