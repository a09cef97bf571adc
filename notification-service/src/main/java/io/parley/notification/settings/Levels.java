package io.parley.notification.settings;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The levels of all channels in one place: everywhere, a conversation, or a thread. */
record Levels(LevelSetting push, LevelSetting email) {

  static final Levels UNSET = new Levels(LevelSetting.UNSET, LevelSetting.UNSET);

  private LevelSetting of(Channel channel) {
    return switch (channel) {
      case PUSH -> push;
      case EMAIL -> email;
    };
  }

  @Nullable Level at(Channel channel, Instant now) {
    return of(channel).at(now);
  }

  Levels live(Instant now) {
    return new Levels(push.live(now), email.live(now));
  }

  boolean hasNothing() {
    return push.hasNothing() && email.hasNothing();
  }
}
