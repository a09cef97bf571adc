/** Whether an account's address is its owner's. */
@NullMarked
package io.parley.user.email;

import org.jspecify.annotations.NullMarked;
