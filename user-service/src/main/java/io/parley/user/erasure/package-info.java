/** Accounts that are to leave every store of the fleet. */
@NullMarked
package io.parley.user.erasure;

import org.jspecify.annotations.NullMarked;
