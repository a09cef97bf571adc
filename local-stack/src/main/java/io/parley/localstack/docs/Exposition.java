package io.parley.localstack.docs;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a service answers at {@code /actuator/prometheus}, in the text format 0.0.4. */
public final class Exposition {

  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)$");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final Map<String, String> types = new TreeMap<>();
  private final Map<String, Set<String>> labels = new TreeMap<>();
  private final String text;

  public Exposition(String text) {
    this.text = text;
    Matcher type = TYPE.matcher(text);
    while (type.find()) {
      types.put(type.group(1), type.group(2));
    }
    Matcher sample = SAMPLE.matcher(text);
    while (sample.find()) {
      Set<String> names = labels.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
      if (sample.group(2) != null) {
        Matcher label = LABEL.matcher(sample.group(2));
        while (label.find()) {
          names.add(label.group(1));
        }
      }
    }
  }

  /** Family → type: {@code counter}, {@code gauge}, {@code histogram} … */
  public Map<String, String> types() {
    return types;
  }

  /** Those of {@link #types} whose names begin so. */
  public Map<String, String> typesOf(String prefix) {
    Map<String, String> some = new TreeMap<>(types);
    some.keySet().removeIf(family -> !family.startsWith(prefix));
    return some;
  }

  /** The labels that a series of this name has; empty when there is no such series. */
  public Set<String> labels(String series) {
    return labels.getOrDefault(series, Set.of());
  }

  /** The sum of all series of this name whose labels are so; NaN when there is none. */
  public double sum(String series, Map<String, String> where) {
    double sum = Double.NaN;
    Matcher sample = SAMPLE.matcher(text);
    while (sample.find()) {
      String of = sample.group(2) == null ? "" : sample.group(2);
      boolean matches =
          sample.group(1).equals(series)
              && where.entrySet().stream()
                  .allMatch(each -> of.contains(each.getKey() + "=\"" + each.getValue() + "\""));
      if (matches) {
        double value = Double.parseDouble(sample.group(3).replace("+Inf", "Infinity"));
        sum = Double.isNaN(sum) ? value : sum + value;
      }
    }
    return sum;
  }
}
