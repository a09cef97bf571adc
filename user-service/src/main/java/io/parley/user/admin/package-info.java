/** What admins and moderators may do to accounts. */
@NullMarked
package io.parley.user.admin;

import org.jspecify.annotations.NullMarked;
