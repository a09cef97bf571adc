package io.parley.localstack.docs;

import io.parley.localstack.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** docs/operate/metrics.md, read. */
public final class MetricsPage {

  public static final String PATH = "docs/operate/metrics.md";

  /** A row that begins with a family; the second cell of a library's row names its services. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_0-9]+)` \\| ([^|]*) \\|");

  private final String text;

  private MetricsPage(String text) {
    this.text = text;
  }

  public static MetricsPage read() {
    try {
      return new MetricsPage(Files.readString(Checkout.root().resolve(PATH)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All families that it describes. */
  public Set<String> families() {
    Set<String> families = new TreeSet<>();
    Matcher row = ROW.matcher(text);
    while (row.find()) {
      families.add(row.group(1));
    }
    return families;
  }

  /** Families of the libraries that the service is said to have. */
  public Set<String> librariesOf(String service) {
    Set<String> families = new TreeSet<>();
    Matcher row = ROW.matcher(text);
    while (row.find()) {
      Set<String> services = new TreeSet<>(Arrays.asList(row.group(2).strip().split(", ")));
      if (services.contains("all") || services.contains(service)) {
        families.add(row.group(1));
      }
    }
    return families;
  }
}
