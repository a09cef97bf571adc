/** What this service declares on RabbitMQ, and how it takes deliveries. */
@NullMarked
package io.parley.user.broker;

import org.jspecify.annotations.NullMarked;
