/** The public edge: everything a client says or hears passes here. */
@NullMarked
package io.parley.gateway;

import org.jspecify.annotations.NullMarked;
