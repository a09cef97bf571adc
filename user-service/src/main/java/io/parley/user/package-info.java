/** user-service: who somebody is, and the tokens that prove it to the rest of the fleet. */
@NullMarked
package io.parley.user;

import org.jspecify.annotations.NullMarked;
