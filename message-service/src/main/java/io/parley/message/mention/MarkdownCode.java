package io.parley.message.mention;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Which parts of a text are code, as Markdown has it (CommonMark 0.31, sections 4.5 and 6.1), with
 * backticks: between two runs of the same length within a paragraph, and between fences of three
 * and more at the beginning of lines, to the end of the text where there is no second fence. Takes
 * time in proportion to the text.
 */
final class MarkdownCode {

  private static final int FENCE = 3;
  private static final int MAX_INDENT = 3;

  private final String text;
  private final BitSet code = new BitSet();

  private MarkdownCode(String text) {
    this.text = text;
  }

  static MarkdownCode of(String text) {
    MarkdownCode markdown = new MarkdownCode(text);
    if (text.indexOf('`') >= 0) {
      markdown.readLines();
    }
    return markdown;
  }

  /** Whether the UTF-16 unit at this index is code. */
  boolean contains(int index) {
    return code.get(index);
  }

  private void readLines() {
    int paragraph = 0;
    int fence = 0;
    for (int line = 0; line < text.length(); ) {
      int feed = text.indexOf('\n', line);
      int end = feed < 0 ? text.length() : feed;
      int ticks = fenceIn(line, end);
      if (fence > 0) {
        code.set(line, end);
        if (ticks >= fence && isBlank(line + indent(line, end) + ticks, end)) {
          fence = 0;
        }
        paragraph = end;
      } else if (ticks > 0
          && text.substring(line, end).lastIndexOf('`') < indent(line, end) + ticks) {
        readSpans(paragraph, line);
        code.set(line, end);
        fence = ticks;
      } else if (isBlank(line, end)) {
        readSpans(paragraph, line);
        paragraph = end;
      }
      line = end + 1;
    }
    if (fence == 0) {
      readSpans(paragraph, text.length());
    }
  }

  private int indent(int line, int end) {
    int indent = 0;
    while (line + indent < end && text.charAt(line + indent) == ' ') {
      indent++;
    }
    return indent;
  }

  /** How many backticks a fence on this line has; 0 when there is none. */
  private int fenceIn(int line, int end) {
    int indent = indent(line, end);
    int ticks = indent > MAX_INDENT ? 0 : run(line + indent, end);
    return ticks < FENCE ? 0 : ticks;
  }

  private boolean isBlank(int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Character.isWhitespace(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private int run(int from, int to) {
    int end = from;
    while (end < to && text.charAt(end) == '`') {
      end++;
    }
    return end - from;
  }

  private void readSpans(int from, int to) {
    Map<Integer, Deque<Integer>> runs = runs(from, to);
    for (int i = from; i < to; ) {
      if (text.charAt(i) == '\\') {
        // What it escapes opens nothing.
        i += 2;
        continue;
      }
      int length = run(i, to);
      if (length == 0) {
        i++;
        continue;
      }
      Deque<Integer> closing = runs.getOrDefault(length, new ArrayDeque<>());
      while (!closing.isEmpty() && closing.getFirst() < i + length) {
        closing.removeFirst();
      }
      int end = closing.isEmpty() ? i + length : closing.getFirst() + length;
      if (end > i + length) {
        code.set(i, end);
      }
      i = end;
    }
  }

  /** Where runs of each length begin: within code nothing is escaped. */
  private Map<Integer, Deque<Integer>> runs(int from, int to) {
    Map<Integer, Deque<Integer>> runs = new HashMap<>();
    for (int i = from; i < to; ) {
      int length = run(i, to);
      if (length > 0) {
        runs.computeIfAbsent(length, any -> new ArrayDeque<>()).add(i);
      }
      i += Math.max(1, length);
    }
    return runs;
  }
}
