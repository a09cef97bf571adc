/** A load driver for a running fleet: counts deliveries and the CPU they cost. */
@NullMarked
package io.parley.systemtests.load;

import org.jspecify.annotations.NullMarked;
