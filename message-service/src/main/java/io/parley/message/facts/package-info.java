/** What notification-service asks before it notifies anybody. */
@NullMarked
package io.parley.message.facts;

import org.jspecify.annotations.NullMarked;
