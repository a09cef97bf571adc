package io.parley.systemtests.docs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Makes {@code docs/operate/configure.md} from what the code and its application.yaml say. */
final class ConfigurationPage {

  private static final String HEAD =
      """
      # Configuration

      This page is made from the code by `ConfigurationPageTest` and tested against it: `mvn verify -Dparley.docs.rewrite=true` makes it anew.

      Everything can be set by an environment variable, in Spring Boot's way: the name of a property in capitals, with `_` for each dot and without dashes, so `parley.log.remembered-sends` is `PARLEY_LOG_REMEMBEREDSENDS`; an item
      of a list has its number, `…_0`. The variables of the first table are shorter, and what an operator usually needs. Files (`SPRING_CONFIG_ADDITIONALLOCATION`), a folder of secrets with a file for each property
      (`SPRING_CONFIG_IMPORT=configtree:/run/secrets/`) and arguments (`--parley.log.remembered-sends=2000`) work too.

      | Type | Written as |
      | --- | --- |
      | duration | `500ms`, `2s`, `15m`, `1h`, `30d`; a bare number is milliseconds |
      | size | `512B`, `64KB`, `1MB`; 1 KB is 1024 bytes |
      | list | with commas, or numbered items |

      """;

  private final ServiceSettings common;
  private final List<ServiceSettings> services;
  private final Map<String, String> meanings;

  ConfigurationPage(List<ServiceSettings> all, Map<String, String> meanings) {
    this.common = all.getFirst();
    this.services = all.subList(1, all.size());
    this.meanings = meanings;
  }

  String text() {
    StringBuilder page = new StringBuilder(HEAD);
    variables(page);
    shared(page);
    services.forEach(service -> own(page, service));
    page.append("## What is set of Spring Boot\n\n")
        .append(
            "Whatever Spring Boot can be configured with can be set as well. These are set already;"
                + " what is not listed is as Spring Boot has it.\n\n");
    services.forEach(service -> spring(page, service));
    return page.toString().stripTrailing() + "\n";
  }

  private void variables(StringBuilder page) {
    page.append(
        "## Variables\n\n| Variable | Default | Read by | Meaning |\n| --- | --- | --- | --- |\n");
    Map<String, Map<String, List<String>>> all = new TreeMap<>();
    for (ServiceSettings service : services) {
      service
          .variables()
          .forEach(
              (name, value) ->
                  all.computeIfAbsent(name, same -> new LinkedHashMap<>())
                      .computeIfAbsent(shown(value), same -> new ArrayList<>())
                      .add(shortName(service)));
    }
    all.forEach(
        (name, defaults) -> {
          List<String> readers = defaults.values().stream().flatMap(List::stream).toList();
          List<String> texts = new ArrayList<>();
          defaults.forEach(
              (value, of) ->
                  texts.add(defaults.size() == 1 ? value : String.join(", ", of) + " " + value));
          row(
              page,
              "`" + name + "`",
              String.join("; ", texts),
              readers.size() == services.size() ? "all" : String.join(", ", readers),
              meanings.getOrDefault(name, ""));
        });
    page.append('\n');
  }

  /** Properties of {@code common}, with what each service makes of them. */
  private void shared(StringBuilder page) {
    page.append("## In several services\n\n");
    header(page);
    for (Property property : common.properties()) {
      Map<String, List<String>> values = new LinkedHashMap<>();
      for (ServiceSettings service : services) {
        String set = service.set(property);
        if (set != null) {
          values.computeIfAbsent(resolved(set), same -> new ArrayList<>()).add(shortName(service));
        }
      }
      List<String> texts = new ArrayList<>();
      texts.add(shown(property.defaultValue()));
      values.forEach((value, of) -> texts.add(String.join(", ", of) + " " + value));
      row(page, property, String.join("; ", texts));
    }
    page.append('\n');
  }

  private static void own(StringBuilder page, ServiceSettings service) {
    page.append("## ").append(service.name()).append("\n\n");
    header(page);
    for (Property property : service.properties()) {
      String set = service.set(property);
      row(page, property, set == null ? shown(property.defaultValue()) : resolved(set));
      if (property.type().equals("map") || property.type().startsWith("list")) {
        service.yaml().entrySet().stream()
            .filter(entry -> entry.getKey().matches(property.name() + "(\\[\\d+])?\\..*"))
            .forEach(
                entry ->
                    row(page, "`" + entry.getKey() + "`", "", resolved(entry.getValue()), "", ""));
      }
    }
    page.append('\n');
  }

  private static void spring(StringBuilder page, ServiceSettings service) {
    page.append("### ").append(service.name()).append("\n\n| Property | Value |\n| --- | --- |\n");
    service.yaml().entrySet().stream()
        .filter(entry -> !entry.getKey().startsWith("parley."))
        .forEach(entry -> row(page, "`" + entry.getKey() + "`", resolved(entry.getValue())));
    page.append('\n');
  }

  private static void header(StringBuilder page) {
    page.append(
        "| Property | Variable | Default | Type | Meaning |\n| --- | --- | --- | --- | --- |\n");
  }

  private static void row(StringBuilder page, Property property, String value) {
    row(
        page,
        "`" + property.name() + "`",
        "`" + property.variable() + "`",
        value,
        property.type(),
        property.meaning());
  }

  private static void row(StringBuilder page, String... cells) {
    page.append("| ")
        .append(String.join(" | ", List.of(cells).stream().map(ConfigurationPage::cell).toList()))
        .append(" |\n");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("{@code ", "`").replaceAll("`([^`{}]*)}", "`$1`");
  }

  /**
   * A value of application.yaml: what it is when no variable is set, and which variables set it.
   */
  private static String resolved(String value) {
    Matcher placeholder = ServiceSettings.PLACEHOLDER.matcher(value);
    List<String> names = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    boolean required = false;
    while (placeholder.find()) {
      names.add("`" + placeholder.group(1) + "`");
      required |= placeholder.group(2) == null;
      placeholder.appendReplacement(
          text, Matcher.quoteReplacement(placeholder.group(2) == null ? "" : placeholder.group(2)));
    }
    placeholder.appendTail(text);
    String shown = required ? "required" : shown(text.toString());
    return names.isEmpty() ? shown : shown + " (" + String.join(", ", names) + ")";
  }

  private static String shown(@Nullable String value) {
    return value == null ? "required" : value.isEmpty() ? "none" : "`" + value + "`";
  }

  private static String shortName(ServiceSettings service) {
    return service.name().replace("-service", "").replace("api-", "");
  }
}
