/** Events on RabbitMQ, as both sides read them. */
@NullMarked
package io.parley.common.events;

import org.jspecify.annotations.NullMarked;
