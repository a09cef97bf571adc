package io.parley.notification.settings;

import io.parley.common.ids.ConversationId;
import org.jspecify.annotations.Nullable;

/**
 * What is set for a conversation or a thread.
 *
 * @param threadSeq the thread's root; null: the whole conversation
 */
record OverrideView(
    ConversationId conversationId,
    @Nullable Long threadSeq,
    LevelSetting push,
    LevelSetting email) {

  static OverrideView of(StoredOverride stored) {
    Place place = stored.place();
    return new OverrideView(
        place.conversation(),
        place.isThread() ? place.threadSeq() : null,
        stored.levels().push(),
        stored.levels().email());
  }
}
