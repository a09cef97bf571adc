/** Hears of mails that did not reach their addresses, and tells user-service. */
@NullMarked
package io.parley.notification.bounce;

import org.jspecify.annotations.NullMarked;
