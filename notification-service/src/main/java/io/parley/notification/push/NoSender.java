package io.parley.notification.push;

import io.parley.notification.device.Channel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A channel that is off: nothing leaves, and the history says so. */
public final class NoSender implements ChannelSender {

  private final Channel channel;

  public NoSender(Channel channel) {
    this.channel = channel;
  }

  @Override
  public Channel channel() {
    return channel;
  }

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
