/** Accounts: credentials, profiles, and finding people. */
@NullMarked
package io.parley.user.account;

import org.jspecify.annotations.NullMarked;
