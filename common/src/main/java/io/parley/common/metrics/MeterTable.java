package io.parley.common.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The meters of one service, as docs/operate/metrics.md has them and as they are exposed. */
public record MeterTable(List<Metered> meters) {

  private static final String HEAD =
      "\n| Metric | Type | Labels | What |\n| --- | --- | --- | --- |\n";

  public MeterTable {
    meters = List.copyOf(meters);
  }

  /**
   * @param own all constants of the service's enum
   * @param common those of {@link CommonMeter} that it has
   */
  public static MeterTable of(Metered[] own, CommonMeter... common) {
    return new MeterTable(Stream.concat(Arrays.stream(own), Arrays.stream(common)).toList());
  }

  public String markdown() {
    StringBuilder table = new StringBuilder(HEAD);
    meters.forEach(meter -> table.append(meter.spec().row()).append('\n'));
    return table.append('\n').toString();
  }

  /** Family → type, as exposed. */
  public Map<String, String> families() {
    Map<String, String> families = new TreeMap<>();
    for (Metered meter : meters) {
      MeterSpec spec = meter.spec();
      if (spec.type() == MeterSpec.Type.TIMER) {
        families.put(spec.exposedName(), "histogram");
        families.put(spec.exposedName() + "_max", "gauge");
      } else {
        families.put(spec.exposedName(), spec.type().name().toLowerCase(Locale.ROOT));
      }
    }
    return families;
  }

  /** Series → names of its labels, the service's included. */
  public Map<String, Set<String>> labels() {
    Map<String, Set<String>> all = new TreeMap<>();
    for (Metered meter : meters) {
      MeterSpec spec = meter.spec();
      Set<String> labels = new TreeSet<>(Set.of(MetricsAutoConfiguration.SERVICE));
      spec.labels().forEach(label -> labels.add(label.name()));
      String series = spec.exposedName();
      all.put(spec.type() == MeterSpec.Type.TIMER ? series + "_count" : series, labels);
    }
    return all;
  }
}
