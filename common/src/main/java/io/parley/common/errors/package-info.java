/** Errors that the code did not expect, told to a server that collects them. */
@NullMarked
package io.parley.common.errors;

import org.jspecify.annotations.NullMarked;
