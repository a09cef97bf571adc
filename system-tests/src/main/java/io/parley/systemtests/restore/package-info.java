/**
 * Whether a restored fleet has what it promised: run by hand, by {@code
 * scripts/lib/try-restore.sh}.
 */
@NullMarked
package io.parley.systemtests.restore;

import org.jspecify.annotations.NullMarked;
