/** How the services behind the gateway are, for those who run them. */
@NullMarked
package io.parley.gateway.fleet;

import org.jspecify.annotations.NullMarked;
