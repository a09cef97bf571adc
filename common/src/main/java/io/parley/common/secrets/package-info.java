/** Texts that may be kept or passed on only under a key of the fleet. */
@NullMarked
package io.parley.common.secrets;

import org.jspecify.annotations.NullMarked;
