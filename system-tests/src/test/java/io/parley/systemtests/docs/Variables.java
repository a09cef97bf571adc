package io.parley.systemtests.docs;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;

/** {@code variables.properties}: what each environment variable of an application.yaml is for. */
final class Variables {

  private Variables() {}

  static Map<String, String> read() {
    Properties meanings = new Properties();
    try (InputStream file =
        Objects.requireNonNull(Variables.class.getResourceAsStream("variables.properties"))) {
      meanings.load(new InputStreamReader(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> sorted = new TreeMap<>();
    meanings.forEach((name, meaning) -> sorted.put(name.toString(), meaning.toString()));
    return sorted;
  }
}
