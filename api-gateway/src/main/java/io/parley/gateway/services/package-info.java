/**
 * The services behind the edge: their nodes, which of them is asked, what it is told of the client.
 */
@NullMarked
package io.parley.gateway.services;

import org.jspecify.annotations.NullMarked;
