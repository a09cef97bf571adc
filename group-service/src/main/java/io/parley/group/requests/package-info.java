/** Asking to be let into a group, and being answered. */
@NullMarked
package io.parley.group.requests;

import org.jspecify.annotations.NullMarked;
