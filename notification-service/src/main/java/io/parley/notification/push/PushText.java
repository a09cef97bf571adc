package io.parley.notification.push;

import java.util.List;
import java.util.Set;

/** What {@link PushTexts} has words for in each language. */
enum PushText {
  TITLE_DIRECT("title.direct", "sender"),
  TITLE_GROUP("title.group", "sender", "conversation"),
  MENTION_DIRECT("mention.direct", "sender"),
  MENTION_GROUP("mention.group", "sender", "conversation"),
  /** All there is for who wants no preview. */
  HIDDEN("hidden"),
  HIDDEN_MENTION("hidden.mention");

  private final String key;

  @SuppressWarnings("ImmutableEnumChecker") // Set.copyOf is.
  private final Set<String> gaps;

  PushText(String key, String... gaps) {
    this.key = key;
    this.gaps = Set.copyOf(List.of(gaps));
  }

  String key() {
    return key;
  }

  /** What the text has gaps for, such as {@code {sender}}. */
  Set<String> gaps() {
    return gaps;
  }
}
