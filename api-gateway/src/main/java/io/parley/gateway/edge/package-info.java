/**
 * What holds for every request: its id and log line, well-formed paths, limits, headers, problems.
 */
@NullMarked
package io.parley.gateway.edge;

import org.jspecify.annotations.NullMarked;
