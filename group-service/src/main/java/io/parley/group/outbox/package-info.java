/**
 * The transactional outbox: an event is stored with the change it tells of, and reaches RabbitMQ at
 * least once, in the order of its group's versions.
 */
@NullMarked
package io.parley.group.outbox;

import org.jspecify.annotations.NullMarked;
