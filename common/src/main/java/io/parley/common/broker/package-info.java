/** Where RabbitMQ is, as one address says it. */
@NullMarked
package io.parley.common.broker;

import org.jspecify.annotations.NullMarked;
