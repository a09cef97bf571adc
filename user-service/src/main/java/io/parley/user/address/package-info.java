/** Email addresses: which there are, and when two are one. */
@NullMarked
package io.parley.user.address;

import org.jspecify.annotations.NullMarked;
