package io.parley.user.relation;

import io.parley.common.ids.UserId;
import java.time.Instant;

/**
 * A block that stands, as other services need it.
 *
 * @param version of the {@code BlockChanged} that told of it
 */
record InternalBlockView(UserId blocker, UserId blocked, long version, Instant since) {}
