/** Codes of an authenticator app (RFC 6238), and recovery codes for when it is lost. */
@NullMarked
package io.parley.user.secondfactor;

import org.jspecify.annotations.NullMarked;
