/** Invitations: links for whoever has them, and invitations of one user. */
@NullMarked
package io.parley.group.invitations;

import org.jspecify.annotations.NullMarked;
