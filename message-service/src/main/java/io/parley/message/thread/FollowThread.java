package io.parley.message.thread;

import org.jspecify.annotations.Nullable;

/** What a SEND frame says of following a thread. */
record FollowThread(@Nullable Boolean follow) {}
