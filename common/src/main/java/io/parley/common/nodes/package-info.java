/**
 * The nodes of the services that are asked: where they are now, which of them is asked first, and
 * how a node that stops lets the others know.
 */
@NullMarked
package io.parley.common.nodes;

import org.jspecify.annotations.NullMarked;
