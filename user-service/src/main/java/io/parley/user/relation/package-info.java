/** Whom an account knows, and whom it blocks. */
@NullMarked
package io.parley.user.relation;

import org.jspecify.annotations.NullMarked;
