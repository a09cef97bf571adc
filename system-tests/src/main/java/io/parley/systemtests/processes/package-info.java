/** What the fleet's processes on this machine use, by role. */
@NullMarked
package io.parley.systemtests.processes;

import org.jspecify.annotations.NullMarked;
