package io.parley.common.health;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * How many sockets are open, and whether the process may open more: each needs a file descriptor
 * (two at the gateway), and who has none left refuses whoever comes. DEGRADED from nine tenths on.
 */
public abstract class SocketsHealth extends AbstractHealthIndicator {

  private static final double FULL = 0.9;

  private final IntSupplier open;
  private final BooleanSupplier taking;

  /**
   * @param taking false while the process stops and lets its sockets go
   */
  protected SocketsHealth(IntSupplier open, BooleanSupplier taking) {
    this.open = open;
    this.taking = taking;
  }

  @Override
  protected final void doHealthCheck(Health.Builder health) {
    health.up().withDetail("open", open.getAsInt());
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      long used = system.getOpenFileDescriptorCount();
      long limit = system.getMaxFileDescriptorCount();
      health.withDetail("files", used).withDetail("filesLimit", limit);
      if (used >= FULL * limit) {
        health.status(Grade.DEGRADED);
      }
    }
    if (!taking.getAsBoolean()) {
      health.outOfService().withDetail("why", "stopping");
    }
  }
}
