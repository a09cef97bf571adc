/** How often one user may do what costs everybody. */
@NullMarked
package io.parley.message.limits;

import org.jspecify.annotations.NullMarked;
