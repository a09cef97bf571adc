/** A process that starts before its stores waits for them. */
@NullMarked
package io.parley.common.stores;

import org.jspecify.annotations.NullMarked;
