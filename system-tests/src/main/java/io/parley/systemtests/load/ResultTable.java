package io.parley.systemtests.load;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The measurements side by side. */
final class ResultTable {

  private final List<Measurement> runs;
  private final Table rows = new Table();

  private ResultTable(List<Measurement> runs) {
    this.runs = runs;
  }

  static String of(List<Measurement> runs) {
    ResultTable table = new ResultTable(runs);
    table.fill();
    return table.rows.toString();
  }

  private void fill() {
    row("", run -> run.name(), "memory, MB");
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
        run ->
            Table.decimal(run.usage().fleet() * 100_000 / Math.max(1, run.outcome().deliveries())),
        "");
    for (double percentile : new double[] {50, 99, 99.9, 100}) {
      row(
          "to the receivers, " + name(percentile) + " ms",
          run -> Table.millis(run.outcome().delivery(), percentile),
          "");
    }
    for (double percentile : new double[] {50, 99}) {
      row(
          "ack, " + name(percentile) + " ms",
          run -> Table.millis(run.outcome().ack(), percentile),
          "");
    }
    row("lost", run -> String.valueOf(run.outcome().lost()), "");
    row("doubled", run -> String.valueOf(run.outcome().doubled()), "");
    row("out of order", run -> String.valueOf(run.outcome().disordered()), "");
    row("refused", run -> String.valueOf(run.outcome().refused()), "");
    row("unanswered", run -> String.valueOf(run.outcome().unanswered()), "");
    row("sent late, max ms", run -> Table.millis(run.outcome().delay(), 100), "");
    row("CPU s of the clients", run -> Table.decimal(run.usage().driver()), "");
    row("CPU s of others on the machine", run -> Table.decimal(run.usage().others()), "");
    row("CPU s stolen by its host", run -> Table.decimal(run.usage().stolen()), "");
  }

  private void row(String label, Function<Measurement, String> cell, String memory) {
    List<String> row = new ArrayList<>(List.of(label));
    runs.forEach(run -> row.add(cell.apply(run)));
    row.add(memory);
    rows.row(row);
  }

  private static String perMessage(Measurement run, double seconds) {
    return Table.decimal(seconds * 1000 / Math.max(1, run.outcome().messages()));
  }

  private static String name(double percentile) {
    return percentile == 100 ? "max" : ("p" + percentile).replaceFirst("\\.0$", "");
  }

  private static String whole(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
