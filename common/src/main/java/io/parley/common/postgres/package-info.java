/** PostgreSQL for the services that use it: reads from a replica, without anybody noticing. */
@NullMarked
package io.parley.common.postgres;

import org.jspecify.annotations.NullMarked;
