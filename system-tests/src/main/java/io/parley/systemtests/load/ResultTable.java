package io.parley.systemtests.load;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/** The measurements side by side, as a Markdown table that is aligned for a terminal, too. */
final class ResultTable {

  private final List<Measurement> runs;
  private final List<List<String>> rows = new ArrayList<>();

  private ResultTable(List<Measurement> runs) {
    this.runs = runs;
  }

  static String of(List<Measurement> runs) {
    ResultTable table = new ResultTable(runs);
    table.fill();
    return table.text();
  }

  private void fill() {
    row("", run -> run.shape().toString(), "memory, MB");
    row("messages", run -> String.valueOf(run.outcome().messages()), "");
    row("deliveries", run -> String.valueOf(run.outcome().deliveries()), "");
    Measurement last = runs.getLast();
    row(
        "CPU ms a message",
        run -> perMessage(run, run.usage().fleet()),
        whole(last.memory().values().stream().mapToDouble(Double::doubleValue).sum()));
    Map<String, Double> used = runs.get(0).usage().roles();
    List<String> roles = new ArrayList<>(used.keySet());
    roles.sort(Comparator.comparing(used::get, Comparator.reverseOrder()));
    for (String role : roles) {
      row(
          "- " + role,
          run -> perMessage(run, run.usage().roles().getOrDefault(role, 0.0)),
          whole(last.memory().getOrDefault(role, 0.0)));
    }
    row("CPU ms a message, kernel threads", run -> perMessage(run, run.usage().kernel()), "");
    row(
        "CPU s per 100,000 deliveries",
        run -> decimal(run.usage().fleet() * 100_000 / Math.max(1, run.outcome().deliveries())),
        "");
    for (double percentile : new double[] {50, 99, 99.9, 100}) {
      row(
          "to the receivers, " + name(percentile) + " ms",
          run -> millis(run.outcome().delivery(), percentile),
          "");
    }
    for (double percentile : new double[] {50, 99}) {
      row("ack, " + name(percentile) + " ms", run -> millis(run.outcome().ack(), percentile), "");
    }
    row("lost", run -> String.valueOf(run.outcome().lost()), "");
    row("doubled", run -> String.valueOf(run.outcome().doubled()), "");
    row("out of order", run -> String.valueOf(run.outcome().disordered()), "");
    row("refused", run -> String.valueOf(run.outcome().refused()), "");
    row("unanswered", run -> String.valueOf(run.outcome().unanswered()), "");
    row("sent late, max ms", run -> millis(run.outcome().delay(), 100), "");
    row("CPU s of the clients", run -> decimal(run.usage().driver()), "");
    row("CPU s of others on the machine", run -> decimal(run.usage().others()), "");
    row("CPU s stolen by its host", run -> decimal(run.usage().stolen()), "");
  }

  private void row(String label, Function<Measurement, String> cell, String memory) {
    List<String> row = new ArrayList<>(List.of(label));
    runs.forEach(run -> row.add(cell.apply(run)));
    row.add(memory);
    rows.add(row);
  }

  private String text() {
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

  private static String perMessage(Measurement run, double seconds) {
    return decimal(seconds * 1000 / Math.max(1, run.outcome().messages()));
  }

  private static String millis(Histogram nanos, double percentile) {
    return String.format(Locale.ROOT, "%.1f", nanos.getValueAtPercentile(percentile) / 1e6);
  }

  private static String name(double percentile) {
    return percentile == 100 ? "max" : ("p" + percentile).replaceFirst("\\.0$", "");
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String whole(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
