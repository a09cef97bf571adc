/** Tokens that users make for scripts and bots: opaque, scoped, kept as hashes. */
@NullMarked
package io.parley.user.personaltoken;

import org.jspecify.annotations.NullMarked;
