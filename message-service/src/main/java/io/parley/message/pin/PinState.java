package io.parley.message.pin;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is pinned in a conversation.
 *
 * @param version the seq of the last event in it; 0: nothing was ever pinned
 * @param pins in the order of their events
 */
record PinState(long version, List<Pin> pins) {

  static final PinState NONE = new PinState(0, List.of());

  @Nullable Pin find(long target) {
    for (Pin pin : pins) {
      if (pin.target() == target) {
        return pin;
      }
    }
    return null;
  }

  /**
   * @param pin null: it is not pinned any more
   */
  PinState with(long version, long target, @Nullable Pin pin) {
    List<Pin> changed = new ArrayList<>(pins);
    changed.removeIf(each -> each.target() == target);
    if (pin != null) {
      changed.add(pin);
    }
    return new PinState(version, changed);
  }
}
