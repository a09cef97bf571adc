/** Accounts without a person, owned by one. */
@NullMarked
package io.parley.user.bot;

import org.jspecify.annotations.NullMarked;
