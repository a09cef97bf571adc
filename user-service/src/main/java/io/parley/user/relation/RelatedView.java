package io.parley.user.relation;

import io.parley.common.ids.UserId;
import java.time.Instant;

/**
 * Somebody on the list of contacts or of blocked users.
 *
 * @param since when they were put on the list
 */
public record RelatedView(UserId id, String username, String displayName, Instant since) {}
