package io.parley.message.reaction;

import io.parley.common.ids.UserId;

/** Of one user, with one emoji; at most once for each message. */
record Reaction(String emoji, UserId user) {}
