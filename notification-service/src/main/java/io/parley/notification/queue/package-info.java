/** What all consumers share: queues with retries and dead letters, and patience with PostgreSQL. */
@NullMarked
package io.parley.notification.queue;

import org.jspecify.annotations.NullMarked;
