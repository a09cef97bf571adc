/** How what RabbitMQ's queues bring is worked through. */
@NullMarked
package io.parley.message.queue;

import org.jspecify.annotations.NullMarked;
