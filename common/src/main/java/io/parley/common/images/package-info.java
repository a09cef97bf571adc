/** Pictures that strangers send: checked by their content and drawn anew. */
@NullMarked
package io.parley.common.images;

import org.jspecify.annotations.NullMarked;
