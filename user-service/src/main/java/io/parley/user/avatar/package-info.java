/** The pictures of accounts. */
@NullMarked
package io.parley.user.avatar;

import org.jspecify.annotations.NullMarked;
