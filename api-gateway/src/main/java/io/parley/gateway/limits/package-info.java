/** How often a client may ask, decided before anything is forwarded. */
@NullMarked
package io.parley.gateway.limits;

import org.jspecify.annotations.NullMarked;
