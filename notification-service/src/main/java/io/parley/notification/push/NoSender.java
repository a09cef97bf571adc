package io.parley.notification.push;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Push is off: nothing leaves, and the history says so. */
final class NoSender implements PushSender {

  @Override
  public List<PushResult> send(List<Push> pushes) {
    return pushes.stream()
        .map(push -> PushResult.of(push.device().id(), Outcome.SKIPPED, null))
        .toList();
  }

  @Override
  public @Nullable String destination() {
    return null;
  }
}
