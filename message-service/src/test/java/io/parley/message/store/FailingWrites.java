package io.parley.message.store;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.common.problems.ProblemException;
import io.parley.message.Nodes;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The tables as a node has them that dies over one of its writes: that one and all behind it fail.
 */
public final class FailingWrites {

  /** Whether the write at which it ends is done. */
  public enum Moment {
    BEFORE,
    AFTER
  }

  private final CqlSession session = Nodes.A.get(CqlSession.class);
  private final AtomicInteger writes = new AtomicInteger();
  private final int last;
  private final Moment moment;
  private final CassandraTables tables;

  /**
   * @param last the write at which it ends, from 1
   */
  public FailingWrites(int last, Moment moment) {
    this.last = last;
    this.moment = moment;
    CqlSession failing =
        (CqlSession)
            Proxy.newProxyInstance(
                CqlSession.class.getClassLoader(),
                new Class<?>[] {CqlSession.class},
                (proxy, method, args) -> call(method, args));
    this.tables = new CassandraTables(failing, new SimpleMeterRegistry());
  }

  public CassandraTables tables() {
    return tables;
  }

  /** Whether an action meets the end. */
  public boolean isMetBy(Runnable action) {
    try {
      action.run();
      return false;
    } catch (ProblemException e) {
      return true;
    }
  }

  private @Nullable Object call(Method method, Object @Nullable [] args) throws Throwable {
    boolean isWrite =
        method.getName().startsWith("execute")
            && args != null
            && (args[0] instanceof BatchStatement
                || (args[0] instanceof BoundStatement bound
                    && !bound.getPreparedStatement().getQuery().startsWith("SELECT")));
    int number = isWrite ? writes.incrementAndGet() : 0;
    if (number < last) {
      return invoke(method, args);
    }
    if (number == last && moment == Moment.AFTER) {
      Object done = invoke(method, args);
      if (done instanceof CompletionStage<?> started) {
        started.toCompletableFuture().join();
      }
    }
    DriverTimeoutException failure = new DriverTimeoutException("the node is dead");
    if (CompletionStage.class.isAssignableFrom(method.getReturnType())) {
      return CompletableFuture.failedFuture(failure);
    }
    throw failure;
  }

  private @Nullable Object invoke(Method method, Object @Nullable [] args) throws Throwable {
    try {
      return method.invoke(session, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
