package io.parley.common.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.parley.common.access.Caller;
import io.parley.common.ids.UserId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Whose request has changed something in this process lately. The gateway keeps a user on one node
 * of a service, so this is all that reading one's own writes takes.
 */
final class RecentWriters implements TransactionExecutionListener {

  private final Cache<UserId, Boolean> writers;

  RecentWriters(Duration remembered) {
    this.writers = Caffeine.newBuilder().expireAfterWrite(remembered).build();
  }

  @Override
  public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
    UserId user = transaction.isReadOnly() ? null : currentUser();
    if (user != null) {
      // Also when the commit failed: it may have been done all the same.
      writers.put(user, true);
    }
  }

  boolean includeCurrentUser() {
    UserId user = currentUser();
    return user != null && writers.getIfPresent(user) != null;
  }

  /** Of the request that this thread serves; null outside of one, and in one of a service. */
  private static @Nullable UserId currentUser() {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    return request != null
            && request.getAttribute(Caller.class.getName(), RequestAttributes.SCOPE_REQUEST)
                instanceof Caller caller
        ? caller.id()
        : null;
  }
}
