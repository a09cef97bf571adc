package io.parley.notification.settings;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * Words and short phrases that ring like a mention. They are known by keyed hashes alone, each with
 * the length of what was hashed, so that only what has one of these lengths is hashed.
 */
public final class Keywords {

  private static final int ENTRY_BYTES = Short.BYTES + KeywordKey.HASH_BYTES;

  private final @Nullable KeywordKey key;
  private final Map<Integer, Set<ByteBuffer>> hashesByLength;

  private Keywords(@Nullable KeywordKey key, Map<Integer, Set<ByteBuffer>> hashesByLength) {
    this.key = key;
    this.hashesByLength = hashesByLength;
  }

  static final Keywords NONE = new Keywords(null, Map.of());

  /**
   * @param hashes of {@link #hashes}
   */
  static Keywords of(KeywordKey key, byte[] hashes) {
    Map<Integer, Set<ByteBuffer>> byLength = new HashMap<>();
    for (int at = 0; at + ENTRY_BYTES <= hashes.length; at += ENTRY_BYTES) {
      ByteBuffer entry = ByteBuffer.wrap(hashes, at, ENTRY_BYTES);
      int length = entry.getShort();
      byLength.computeIfAbsent(length, none -> new HashSet<>()).add(entry.slice());
    }
    return byLength.isEmpty() ? NONE : new Keywords(key, byLength);
  }

  /** Length and hash of each, one after the other. */
  static byte[] hashes(KeywordKey key, Collection<KeywordText> keywords) {
    Mac mac = key.mac();
    ByteBuffer all = ByteBuffer.allocate(keywords.size() * ENTRY_BYTES);
    for (KeywordText keyword : keywords) {
      String folded = keyword.folded();
      all.putShort((short) folded.length());
      all.put(KeywordKey.hash(mac, folded.getBytes(StandardCharsets.UTF_8)));
    }
    return all.array();
  }

  public boolean isEmpty() {
    return hashesByLength.isEmpty();
  }

  /** Whether one of them is in the text, as whole words. */
  public boolean matches(String text) {
    return !isEmpty() && matches(new Candidates(text));
  }

  /** As {@link #matches(String)}, where one text is looked through for many users. */
  public boolean matches(Candidates candidates) {
    if (key == null) {
      return false;
    }
    KeywordText text = candidates.text;
    BitSet starts = text.starts();
    for (int start = starts.nextSetBit(0); start >= 0; start = starts.nextSetBit(start + 1)) {
      for (Map.Entry<Integer, Set<ByteBuffer>> one : hashesByLength.entrySet()) {
        int end = start + one.getKey();
        if (text.isEnd(end) && one.getValue().contains(candidates.hash(key, start, end))) {
          return true;
        }
      }
    }
    return false;
  }

  /** A text, with the hashes of what was looked up in it. For one thread. */
  public static final class Candidates {

    private final KeywordText text;
    private final Map<String, ByteBuffer> hashes = new HashMap<>();
    private @Nullable Mac mac;

    public Candidates(String text) {
      this.text = new KeywordText(text);
    }

    private ByteBuffer hash(KeywordKey key, int start, int end) {
      return hashes.computeIfAbsent(
          text.folded().substring(start, end),
          part -> {
            if (mac == null) {
              mac = key.mac();
            }
            return ByteBuffer.wrap(KeywordKey.hash(mac, part.getBytes(StandardCharsets.UTF_8)));
          });
    }
  }
}
