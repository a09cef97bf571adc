/** From where an account is used. */
@NullMarked
package io.parley.user.client;

import org.jspecify.annotations.NullMarked;
