package io.parley.user.people;

import io.parley.common.ids.UserId;

/**
 * A look at somebody's presence that is allowed.
 *
 * @param lastSeen whether it reaches to when the owner was last online
 */
record PresenceLookView(UserId viewer, UserId owner, boolean lastSeen) {}
