/** The servlet edge that the services behind the gateway share. */
@NullMarked
package io.parley.common.edge;

import org.jspecify.annotations.NullMarked;
