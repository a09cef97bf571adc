package io.parley.group.requests;

import io.parley.common.text.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * @param text to those who decide; absent is empty
 */
record AskToJoin(@PlainText(min = 0, max = 500, lines = true) @Nullable String text) {

  String textOrEmpty() {
    return text == null ? "" : text;
  }
}
