package io.parley.notification.push;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands pushes to the outside. */
public interface PushSender {

  /** The most pushes that {@link #send} takes at once. */
  int MAX_BATCH = 500;

  /**
   * Failures are results, not exceptions.
   *
   * @param pushes of a device one at most
   * @return one for each, in the same order
   */
  List<PushResult> send(List<Push> pushes);

  /** Where pushes go, for health and log; null when push is off. */
  @Nullable String destination();
}
