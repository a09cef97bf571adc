package io.parley.systemtests.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** A Markdown table that is aligned for a terminal, too. The first row is its head. */
final class Table {

  private final List<List<String>> rows = new ArrayList<>();

  void row(List<String> cells) {
    rows.add(List.copyOf(cells));
  }

  void row(String... cells) {
    row(List.of(cells));
  }

  static String millis(Histogram nanos, double percentile) {
    return String.format(Locale.ROOT, "%.1f", nanos.getValueAtPercentile(percentile) / 1e6);
  }

  static String seconds(Histogram nanos, double percentile) {
    return decimal(nanos.getValueAtPercentile(percentile) / 1e9);
  }

  static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  @Override
  public String toString() {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      text.append('|');
      for (int i = 0; i < widths.length; i++) {
        String pad = " ".repeat(widths[i] - row.get(i).length());
        text.append(' ').append(i == 0 ? row.get(i) + pad : pad + row.get(i)).append(" |");
      }
      text.append('\n');
      if (row == rows.get(0)) {
        text.append('|');
        for (int i = 0; i < widths.length; i++) {
          String line = "-".repeat(widths[i]);
          text.append(' ').append(i == 0 ? line + " |" : line + ":|");
        }
        text.append('\n');
      }
    }
    return text.toString();
  }
}
