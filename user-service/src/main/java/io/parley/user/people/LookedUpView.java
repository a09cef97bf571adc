package io.parley.user.people;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An account as other services see it.
 *
 * @param readReceipts whether it tells others how far it has read, and is told
 * @param blocked whether it and the viewer are kept apart by a block of either; absent without a
 *     viewer
 * @param locked true when it is locked; else absent
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record LookedUpView(
    UserId id,
    String username,
    String displayName,
    Instant createdAt,
    boolean readReceipts,
    @Nullable Boolean blocked,
    @Nullable Boolean locked) {

  static LookedUpView of(Person person, boolean withBlocks) {
    return new LookedUpView(
        person.id(),
        person.username(),
        person.displayName(),
        person.createdAt(),
        person.readReceipts(),
        withBlocks ? person.blocksViewer() || person.blockedByViewer() : null,
        person.locked() ? true : null);
  }

  LookedUpView called(String name) {
    return new LookedUpView(id, name, displayName, createdAt, readReceipts, blocked, locked);
  }
}
