package io.parley.systemtests.load;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/** How a storm went, beside the time before it. */
final class StormTable {

  private final Measurement before;
  private final Measurement during;
  private final Arrivals arrivals;
  private final Table table = new Table();

  private StormTable(Measurement before, Measurement during, Arrivals arrivals) {
    this.before = before;
    this.during = during;
    this.arrivals = arrivals;
  }

  /**
   * @param during as long as it took until all were in
   */
  static String of(Measurement before, Measurement during, Arrivals arrivals) {
    StormTable table = new StormTable(before, during, arrivals);
    table.fill();
    return table.table.toString();
  }

  private void fill() {
    table.row("", before.name(), during.name(), "aim");
    Histogram receipts = arrivals.receipts();
    Histogram inboxPages = arrivals.inboxPages();
    storm("came back", String.valueOf(receipts.getTotalCount()), "");
    storm("until all are in, s", Table.seconds(receipts, 100), "20 or less");
    storm("RECEIPT, p50 ms", Table.millis(receipts, 50), "");
    storm("RECEIPT, p99 ms", Table.millis(receipts, 99), "");
    storm("RECEIPT, max ms", Table.millis(receipts, 100), "");
    boolean read = inboxPages.getTotalCount() > 0;
    if (read) {
      storm("until all have an inbox page, s", Table.seconds(inboxPages, 100), "");
    }
    int failures = arrivals.failures().values().stream().mapToInt(Integer::intValue).sum();
    storm("tries that failed", String.valueOf(failures), "");
    cpu(read ? "CPU ms a connect and inbox page" : "CPU ms a connect", read ? "" : "5 or less");
    both("ack, p50 ms", run -> Table.millis(run.outcome().ack(), 50), "");
    both("ack, p99 ms", run -> Table.millis(run.outcome().ack(), 99), "500 or less");
    both("ack, max ms", run -> Table.millis(run.outcome().ack(), 100), "");
    count("messages", Tally.Outcome::messages);
    count("lost", Tally.Outcome::lost);
    count("doubled", Tally.Outcome::doubled);
    count("out of order", Tally.Outcome::disordered);
    count("refused", Tally.Outcome::refused);
    count("unanswered", Tally.Outcome::unanswered);
    both("sent late, max ms", run -> Table.millis(run.outcome().delay(), 100), "");
    both("CPU s of the clients", run -> Table.decimal(run.usage().driver()), "");
    both("CPU s of others on the machine", run -> Table.decimal(run.usage().others()), "");
    both("CPU s stolen by its host", run -> Table.decimal(run.usage().stolen()), "");
  }

  /** Less what as long a time of talking took before. */
  private void cpu(String name, String aim) {
    double times = (double) during.measured().toNanos() / before.measured().toNanos();
    long connects = Math.max(1, arrivals.receipts().getTotalCount());
    Map<String, Double> millis = new TreeMap<>(during.usage().roles());
    millis.replaceAll(
        (role, seconds) ->
            (seconds - times * before.usage().roles().getOrDefault(role, 0.0)) * 1000 / connects);
    double all = millis.values().stream().mapToDouble(Double::doubleValue).sum();
    storm(name, Table.decimal(all), aim);
    millis.entrySet().stream()
        .filter(role -> role.getValue() >= 0.05)
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEach(role -> storm("- " + role.getKey(), Table.decimal(role.getValue()), ""));
  }

  private void storm(String name, String cell, String aim) {
    table.row(name, "", cell, aim);
  }

  private void both(String name, Function<Measurement, String> cell, String aim) {
    table.row(List.of(name, cell.apply(before), cell.apply(during), aim));
  }

  private void count(String name, ToLongFunction<Tally.Outcome> count) {
    both(name, run -> String.valueOf(count.applyAsLong(run.outcome())), "");
  }
}
