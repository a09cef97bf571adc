package io.parley.notification.fakefcm;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The last so many entries, as bytes of JSON: thousands of them in a small heap. */
final class Kept {

  /**
   * @param to what the push was for: an FCM token, or the last part of a Web Push endpoint
   */
  record Entry(String to, byte[] json) {

    Map<?, ?> read() {
      return Json.parse(new String(json, StandardCharsets.UTF_8)) instanceof Map<?, ?> map
          ? map
          : Map.of();
    }
  }

  private final int max;
  private final Deque<Entry> entries = new ArrayDeque<>();

  Kept(int max) {
    this.max = max;
  }

  synchronized void add(String to, Map<String, ?> entry) {
    entries.addFirst(new Entry(to, Json.write(entry).getBytes(StandardCharsets.UTF_8)));
    if (entries.size() > max) {
      entries.removeLast();
    }
  }

  /**
   * Newest first.
   *
   * @param to null: to anybody
   */
  synchronized List<Entry> list(@Nullable String to, int limit) {
    return matching(entry -> to == null || entry.to().equals(to), limit);
  }

  /** As {@link #list}, with this somewhere in it. */
  synchronized List<Entry> search(String part, int limit) {
    return matching(entry -> entry.to().contains(part), limit);
  }

  private List<Entry> matching(Predicate<Entry> wanted, int limit) {
    List<Entry> found = new ArrayList<>();
    for (Entry entry : entries) {
      if (found.size() == limit) {
        break;
      }
      if (wanted.test(entry)) {
        found.add(entry);
      }
    }
    return found;
  }

  synchronized int size() {
    return entries.size();
  }

  synchronized void clear() {
    entries.clear();
  }

  static void write(List<Entry> entries, OutputStream out) throws IOException {
    out.write("{\"items\":[".getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < entries.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      out.write(entries.get(i).json());
    }
    out.write("]}".getBytes(StandardCharsets.UTF_8));
  }
}
