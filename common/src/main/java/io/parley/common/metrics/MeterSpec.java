package io.parley.common.metrics;

import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is known of a meter before anything is counted: {@link Metered} registers it by this, and
 * docs/operate/metrics.md is made of it.
 *
 * @param name in Micrometer's form: {@code parley.messages.accepted}
 * @param seconds whether a gauge or counter is in seconds; a timer always is
 * @param labels in the order in which their values are given
 * @param buckets upper bounds of a timer's histogram
 */
public record MeterSpec(
    String name,
    Type type,
    boolean seconds,
    String help,
    List<Label> labels,
    List<Duration> buckets) {

  /** As Prometheus has them; a timer is a histogram there. */
  public enum Type {
    COUNTER,
    GAUGE,
    TIMER
  }

  /**
   * A label has few values: never an id, an address or a text.
   *
   * @param values all there are; empty when another list has them
   * @param source that list, in words
   */
  public record Label(String name, List<String> values, String source) {

    public Label {
      values = List.copyOf(values);
    }
  }

  /** What people wait for: a request, a message. */
  public static final List<Duration> PATIENCE = millis(5, 10, 30, 100, 500, 2_000);

  /** What may have to be tried again. */
  public static final List<Duration> RETRIED =
      millis(500, 1_000, 2_000, 5_000, 15_000, 60_000, 300_000);

  /** What a store takes. */
  public static final List<Duration> STORE = millis(1, 2, 5, 10, 30, 100, 500, 2_000);

  public MeterSpec {
    if (!name.matches("parley(\\.[a-z]+)+")) {
      throw new IllegalArgumentException("not a meter's name: " + name);
    }
    labels = List.copyOf(labels);
    buckets = List.copyOf(buckets);
  }

  public static MeterSpec counter(String name, String help) {
    return new MeterSpec(name, Type.COUNTER, false, help, List.of(), List.of());
  }

  public static MeterSpec gauge(String name, String help) {
    return new MeterSpec(name, Type.GAUGE, false, help, List.of(), List.of());
  }

  /** A gauge of seconds. */
  public static MeterSpec age(String name, String help) {
    return new MeterSpec(name, Type.GAUGE, true, help, List.of(), List.of());
  }

  public static MeterSpec timer(String name, String help, List<Duration> buckets) {
    return new MeterSpec(name, Type.TIMER, true, help, List.of(), buckets);
  }

  /** With a label more, which has one of these values. */
  public MeterSpec label(String label, String... values) {
    return with(new Label(label, List.of(values), ""));
  }

  /**
   * With a label more.
   *
   * @param source where its values are listed
   */
  public MeterSpec labelOf(String label, String source) {
    return with(new Label(label, List.of(), source));
  }

  private MeterSpec with(Label label) {
    List<Label> more = new ArrayList<>(labels);
    more.add(label);
    return new MeterSpec(name, type, seconds, help, more, buckets);
  }

  /**
   * @throws IllegalArgumentException when they are not this meter's: a value of one's own would be
   *     a time series that no dashboard knows
   */
  Tags tags(String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(name + " has " + labels.size() + " labels");
    }
    Tags tags = Tags.empty();
    for (int i = 0; i < values.length; i++) {
      Label label = labels.get(i);
      if (!label.values().isEmpty() && !label.values().contains(values[i])) {
        throw new IllegalArgumentException(
            name + " has no " + label.name() + " \"" + values[i] + "\"");
      }
      tags = tags.and(label.name(), values[i]);
    }
    return tags;
  }

  /** The family's name at {@code /actuator/prometheus}. */
  public String exposedName() {
    String base = name.replace('.', '_');
    return switch (type) {
      case COUNTER -> base + "_total";
      case GAUGE -> seconds ? base + "_seconds" : base;
      case TIMER -> base + "_seconds";
    };
  }

  /** A row of docs/operate/metrics.md: name, type, labels, meaning. */
  public String row() {
    List<String> all = new ArrayList<>();
    for (Label label : labels) {
      all.add(
          "`"
              + label.name()
              + "`: "
              + (label.values().isEmpty() ? label.source() : String.join(", ", label.values())));
    }
    return "| `"
        + exposedName()
        + "` | "
        + (type == Type.TIMER ? "histogram" : type.name().toLowerCase(Locale.ROOT))
        + " | "
        + String.join("; ", all)
        + " | "
        + help
        + " |";
  }

  private static List<Duration> millis(long... millis) {
    List<Duration> all = new ArrayList<>();
    for (long each : millis) {
      all.add(Duration.ofMillis(each));
    }
    return List.copyOf(all);
  }
}
