package io.parley.common.postgres;

import io.parley.common.text.Folding;
import java.util.stream.Collectors;

/**
 * A search for names by the beginnings of their words, as a {@code tsquery}: columns of words hold
 * {@link Folding#words}, and PostgreSQL neither splits nor folds anything. {@code
 * array_to_tsvector(words) @@ CAST(? AS tsquery)}.
 */
public final class WordQuery {

  private WordQuery() {}

  /** Empty when there is nothing to look for; that finds nothing. */
  public static String of(String text) {
    return Folding.asked(text).stream()
        .map(word -> "'" + word.replace("\\", "\\\\").replace("'", "''") + "':*")
        .collect(Collectors.joining(" & "));
  }
}
