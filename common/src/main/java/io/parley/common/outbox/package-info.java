/**
 * The transactional outbox: an event is stored with the change it tells of, and reaches RabbitMQ at
 * least once, in the order in which events of its exchange were appended.
 */
@NullMarked
package io.parley.common.outbox;

import org.jspecify.annotations.NullMarked;
