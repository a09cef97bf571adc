/**
 * Load on a running fleet, and what it cost: latencies, losses, and the CPU and memory of each
 * process. {@link io.parley.systemtests.load.Load} is where to begin.
 */
@NullMarked
package io.parley.systemtests.load;

import org.jspecify.annotations.NullMarked;
