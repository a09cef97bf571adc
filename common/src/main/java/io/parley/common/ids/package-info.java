/** Ids that cross a wire, as types. */
@NullMarked
package io.parley.common.ids;

import org.jspecify.annotations.NullMarked;
