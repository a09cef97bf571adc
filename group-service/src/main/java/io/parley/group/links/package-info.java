/** Invitation links: for whoever has them. */
@NullMarked
package io.parley.group.links;

import org.jspecify.annotations.NullMarked;
