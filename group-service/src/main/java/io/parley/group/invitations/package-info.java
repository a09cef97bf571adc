/** Invitations of one user, who accepts or declines. */
@NullMarked
package io.parley.group.invitations;

import org.jspecify.annotations.NullMarked;
