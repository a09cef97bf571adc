package io.parley.systemtests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.localstack.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/operate/configure.md} is what {@link ConfigurationPage} makes of the code, and the
 * code has no setting that it could miss. {@code -Dparley.docs.rewrite=true} rewrites the page.
 */
class ConfigurationPageTest {

  private static final Path ROOT = Checkout.root();
  private static final Path PAGE = ROOT.resolve("docs/operate/configure.md");

  /** A placeholder, with its default, or a look-up of one property. */
  private static final Pattern USE =
      Pattern.compile(
          "\\$\\{(parley\\.[a-z0-9.-]+)(:[^}\"]*)?}"
              + "|(?:getProperty|ConditionalOnProperty|ConditionalOnBooleanProperty)"
              + "\\(\\s*\"(parley\\.[a-z0-9.-]+)\"");

  private final List<ServiceSettings> services = ServiceSettings.all(ROOT);
  private final ConfigurationPage page = new ConfigurationPage(services, Variables.read());

  @Test
  void pageShouldBeWhatTheCodeSays() throws IOException {
    String expected = page.text();
    if (Boolean.getBoolean("parley.docs.rewrite")) {
      Files.writeString(PAGE, expected);
    }
    assertThat(Files.readString(PAGE))
        .as("%s is out of date: mvn verify -Dparley.docs.rewrite=true", PAGE)
        .isEqualTo(expected);
  }

  @Test
  void everyVariableShouldHaveAMeaningAndEveryMeaningAVariable() {
    Set<String> used = new TreeSet<>();
    services.forEach(service -> used.addAll(service.variables().keySet()));
    assertThat(Variables.read().keySet())
        .as("meanings in variables.properties, and variables in application.yaml")
        .containsExactlyInAnyOrderElementsOf(used);
  }

  @Test
  void everyPropertyShouldHaveAMeaning() {
    List<String> without = new ArrayList<>();
    for (ServiceSettings service : services) {
      for (Property property : service.properties()) {
        if (property.meaning().isBlank()) {
          without.add(service.name() + ": " + property.name());
        }
      }
    }
    assertThat(without).as("no @param, and no description in additional metadata").isEmpty();
  }

  @Test
  void everySettingInAYamlFileShouldBeAPropertyOfTheCode() {
    List<String> unknown = new ArrayList<>();
    for (ServiceSettings service : services) {
      for (String key : service.yaml().keySet()) {
        if (key.startsWith("parley.") && service.propertyOf(key, services.getFirst()) == null) {
          unknown.add(service.name() + ": " + key);
        }
      }
    }
    assertThat(unknown).as("mistyped, or read by nobody").isEmpty();
  }

  @Test
  void everyPlaceholderInTheCodeShouldBeOnThePageWithTheSameDefault() throws IOException {
    Map<String, String> wrong = new TreeMap<>();
    for (ServiceSettings service : services) {
      try (Stream<Path> files = Files.walk(service.sources())) {
        for (Path file : files.filter(name -> name.toString().endsWith(".java")).toList()) {
          Matcher use = USE.matcher(read(file));
          while (use.find()) {
            String name = use.group(1) == null ? use.group(3) : use.group(1);
            check(service, name, use.group(2), wrong);
          }
        }
      }
    }
    for (ServiceSettings service : services) {
      for (String value : service.yaml().values()) {
        Matcher use = USE.matcher(value);
        while (use.find()) {
          // Spring knows those that the same file sets, such as the address of another service.
          if (!service.yaml().containsKey(use.group(1))) {
            check(service, use.group(1), use.group(2), wrong);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private void check(
      ServiceSettings service, String name, @Nullable String fallback, Map<String, String> wrong) {
    Property property = service.propertyOf(name, services.getFirst());
    if (property == null) {
      wrong.put(name, "has no metadata in " + service.name());
    } else if (fallback != null
        && fallback.length() > 1
        && !fallback.substring(1).equals(property.defaultValue())) {
      wrong.put(name, "is " + fallback.substring(1) + " in a placeholder, else " + property);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
