package io.parley.user.audit;

import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Reading what was recorded. */
@Service
public class AuditTrail {

  private static final int BATCH = 500;

  private final AuditStore store;

  AuditTrail(AuditStore store) {
    this.store = store;
  }

  /**
   * Newest first.
   *
   * @param cursor the {@code next} of the page before
   */
  @Transactional(readOnly = true)
  Page<AuditEntry> find(AuditQuery query, int limit, @Nullable String cursor) {
    List<AuditEntry> found =
        store.find(query, cursor == null ? null : AuditCursor.parse(cursor), limit + 1);
    if (found.size() <= limit) {
      return new Page<>(found, null);
    }
    List<AuditEntry> items = List.copyOf(found.subList(0, limit));
    return new Page<>(items, AuditCursor.of(items.get(limit - 1)).text());
  }

  /** All that somebody did or that was done to them, the oldest first, a batch at a time. */
  public void about(UserId user, Consumer<AuditEntry> action) {
    AuditCursor after = null;
    List<AuditEntry> batch;
    do {
      batch = store.about(user, after, BATCH);
      for (AuditEntry entry : batch) {
        action.accept(entry);
        after = AuditCursor.of(entry);
      }
    } while (batch.size() == BATCH);
  }
}
