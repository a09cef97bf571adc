/** Logins: each is a session that lives on by exchanging its refresh token. */
@NullMarked
package io.parley.user.session;

import org.jspecify.annotations.NullMarked;
