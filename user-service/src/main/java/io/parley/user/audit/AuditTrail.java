package io.parley.user.audit;

import io.parley.common.access.Caller;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Reading what was recorded. */
@Service
public class AuditTrail {

  private static final int BATCH = 500;

  private final AuditStore store;
  private final Audit audit;

  AuditTrail(AuditStore store, Audit audit) {
    this.store = store;
    this.audit = audit;
  }

  /** Whoever reads the trail is in it. */
  @Transactional
  void searched(Caller caller, AuditQuery query) {
    Map<String, String> details = new HashMap<>();
    note(details, "actor", query.actor());
    note(details, "target", query.target());
    note(details, "action", query.action());
    note(details, "from", query.from());
    note(details, "to", query.to());
    audit.record(caller.id(), "audit.searched", "audit", null, details);
  }

  private static void note(Map<String, String> details, String name, @Nullable Object value) {
    if (value != null) {
      details.put(name, value.toString());
    }
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
