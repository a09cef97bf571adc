package io.parley.systemtests.load;

import io.parley.systemtests.load.PushedMessages.Outcome;
import io.parley.systemtests.processes.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/**
 * What became of a large group's pushes, and of the conversations beside it.
 *
 * @param each of the group's messages
 * @param group all of them together
 * @param others of the conversations beside it: before the burst, during it, after it
 * @param calm what was used after it, when all is compiled
 * @param burst what was used until the group's last push
 */
record PushTable(
    List<Outcome> each,
    Outcome group,
    List<Outcome> others,
    Usage calm,
    Duration calmTook,
    Usage burst,
    Duration burstTook) {

  private static final List<String> PHASES = List.of("before", "during", "after");

  @Override
  public String toString() {
    return ofGroup() + "\n" + cost() + "\n" + ofOthers();
  }

  private Table ofGroup() {
    Table table = new Table();
    List<String> head = new ArrayList<>(List.of("message to the group"));
    for (int i = 1; i <= each.size(); i++) {
      head.add(String.valueOf(i));
    }
    head.add("all");
    table.row(head);
    groupRow(table, "ack, ms", of -> Table.millis(of.acks(), 100));
    groupRow(table, "pushes", of -> String.valueOf(of.pushes().getTotalCount()));
    groupRow(
        table, "ack to the first push, s", of -> Table.decimal(of.afterAck().getMinValue() / 1e9));
    groupRow(table, "to the median, s", of -> Table.seconds(of.afterAck(), 50));
    groupRow(table, "to p99, s", of -> Table.seconds(of.afterAck(), 99));
    groupRow(table, "to the last, s", of -> Table.seconds(of.afterAck(), 100));
    return table;
  }

  private void groupRow(Table table, String name, Function<Outcome, String> cell) {
    List<String> row = new ArrayList<>(List.of(name));
    each.forEach(of -> row.add(cell.apply(of)));
    row.add(cell.apply(group));
    table.row(row);
  }

  /** Less what as long a time of the others' talking took afterwards. */
  private Table cost() {
    double times = (double) burstTook.toNanos() / calmTook.toNanos();
    long pushes = Math.max(1, group.pushes().getTotalCount());
    Map<String, Double> millis = new TreeMap<>(burst.roles());
    millis.replaceAll(
        (role, seconds) ->
            (seconds - times * calm.roles().getOrDefault(role, 0.0)) * 1000 / pushes);
    double all = millis.values().stream().mapToDouble(Double::doubleValue).sum();
    double fake = millis.getOrDefault("fake-fcm", 0.0);
    double used = burst.fleet() - burst.roles().getOrDefault("fake-fcm", 0.0);
    Table table = new Table();
    table.row("the group's pushes", "");
    table.row("from the first message to the last push, s", seconds(burstTook));
    table.row("pushes/s", Table.decimal(pushes * 1e9 / burstTook.toNanos()));
    table.row("CPU ms a push, the others' talk included", decimals(used * 1000 / pushes));
    table.row("CPU ms a push, without the fake FCM", decimals(all - fake));
    millis.entrySet().stream()
        .filter(role -> role.getValue() >= 0.005)
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEach(role -> table.row("- " + role.getKey(), decimals(role.getValue())));
    table.row("CPU s of the driver", Table.decimal(burst.driver()));
    table.row("CPU s of others on the machine", Table.decimal(burst.others()));
    table.row("CPU s stolen by its host", Table.decimal(burst.stolen()));
    return table;
  }

  private static String seconds(Duration duration) {
    return Table.decimal(duration.toNanos() / 1e9);
  }

  private static String decimals(double millis) {
    return String.format(Locale.ROOT, "%.3f", millis);
  }

  private Table ofOthers() {
    Table table = new Table();
    List<String> head = new ArrayList<>(List.of("conversations beside it"));
    head.addAll(PHASES);
    table.row(head);
    otherRow(table, "messages", of -> String.valueOf(of.messages()));
    otherRow(table, "ack, p50 ms", of -> Table.millis(of.acks(), 50));
    otherRow(table, "ack, p99 ms", of -> Table.millis(of.acks(), 99));
    otherRow(table, "ack, max ms", of -> Table.millis(of.acks(), 100));
    otherRow(table, "push, p50 s", of -> Table.seconds(of.pushes(), 50));
    otherRow(table, "push, p99 s", of -> Table.seconds(of.pushes(), 99));
    otherRow(table, "push, max s", of -> Table.seconds(of.pushes(), 100));
    otherRow(table, "not acknowledged", of -> String.valueOf(of.unacknowledged()));
    otherRow(table, "not pushed", of -> String.valueOf(missing(of.pushes(), of)));
    otherRow(table, "pushed twice", of -> String.valueOf(of.doubled()));
    return table;
  }

  private static long missing(Histogram pushes, Outcome of) {
    return of.messages() - pushes.getTotalCount();
  }

  private void otherRow(Table table, String name, Function<Outcome, String> cell) {
    List<String> row = new ArrayList<>(List.of(name));
    others.forEach(of -> row.add(cell.apply(of)));
    table.row(row);
  }
}
