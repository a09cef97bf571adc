/** The fleet's signing keys: kept wrapped in PostgreSQL, published as a JWK set, used to sign. */
@NullMarked
package io.parley.user.token;

import org.jspecify.annotations.NullMarked;
