package io.parley.group.roster;

import io.parley.common.text.Folding;
import java.text.Normalizer;
import java.util.Locale;

/**
 * How names are ordered, and were compared before {@link #words}, whatever the database's locale.
 */
public final class SearchKey {

  /** Of the columns. */
  private static final int MAX_CHARS = 400;

  private SearchKey() {}

  public static String of(String name) {
    String key = Normalizer.normalize(name, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    return key.length() <= MAX_CHARS ? key : key.substring(0, MAX_CHARS);
  }

  /** What searches find names by. */
  public static String[] words(String... names) {
    return Folding.words(names).toArray(String[]::new);
  }

  /** A pattern of LIKE for what begins so. */
  public static String prefix(String text) {
    return of(text).replaceAll("([\\\\%_])", "\\\\$1") + "%";
  }
}
