package io.parley.systemtests.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.FileSystemResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one module can be configured with.
 *
 * @param properties of its own code, as Spring Boot's configuration processor found them
 * @param yaml its application.yaml, flat; empty for {@code common}
 */
record ServiceSettings(
    String name, Path sources, List<Property> properties, Map<String, String> yaml) {

  static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)(?::([^}]*))?}");

  private static final JsonMapper JSON = new JsonMapper();

  /** {@code common} first. */
  static List<ServiceSettings> all(Path root) {
    List<ServiceSettings> all = new ArrayList<>();
    for (String module :
        List.of(
            "common",
            "api-gateway",
            "user-service",
            "group-service",
            "message-service",
            "notification-service")) {
      Path folder = root.resolve(module);
      all.add(
          new ServiceSettings(
              module, folder.resolve("src/main/java"), properties(folder), yaml(folder)));
    }
    return all;
  }

  private static List<Property> properties(Path module) {
    Path file = module.resolve("target/classes/META-INF/spring-configuration-metadata.json");
    try {
      JsonNode metadata = JSON.readTree(Files.readString(file));
      List<Property> properties = new ArrayList<>();
      for (JsonNode property : metadata.path("properties")) {
        String name = property.path("name").asString();
        if (name.startsWith("parley.")) {
          properties.add(
              new Property(
                  name,
                  value(property.path("defaultValue")),
                  type(property.path("type").asString("")),
                  property.path("description").asString("").replaceAll("\\s+", " ").strip()));
        }
      }
      properties.sort(Comparator.comparing(Property::name));
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " is made by a build: mvn compile", e);
    }
  }

  private static String value(JsonNode value) {
    if (value.isArray()) {
      List<String> parts = new ArrayList<>();
      value.forEach(part -> parts.add(part.asString()));
      return String.join(", ", parts);
    }
    return value.asString("");
  }

  /** Where a plain number does not say what it counts, the name or the meaning does. */
  private static String type(String java) {
    if (java.startsWith("java.util.Map")) {
      return "map";
    }
    if (java.startsWith("java.util.List") || java.startsWith("java.util.Set")) {
      return "list, with commas";
    }
    return switch (java) {
      case "java.time.Duration" -> "duration";
      case "org.springframework.util.unit.DataSize" -> "size";
      case "java.lang.Integer", "java.lang.Long", "java.lang.Double" -> "number";
      case "java.lang.Boolean" -> "`true`, `false`";
      case "java.net.URI" -> "URL";
      default -> "text";
    };
  }

  private static Map<String, String> yaml(Path module) {
    Path file = module.resolve("src/main/resources/application.yaml");
    Map<String, String> flat = new TreeMap<>();
    if (Files.exists(file)) {
      YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
      yaml.setResources(new FileSystemResource(file));
      java.util.Objects.requireNonNull(yaml.getObject())
          .forEach((key, value) -> flat.put(key.toString(), value.toString()));
    }
    return flat;
  }

  /** Each variable of application.yaml with its default, null when it has to be given. */
  Map<String, @Nullable String> variables() {
    Map<String, @Nullable String> variables = new TreeMap<>();
    for (String value : yaml.values()) {
      Matcher placeholder = PLACEHOLDER.matcher(value);
      while (placeholder.find()) {
        variables.put(placeholder.group(1), placeholder.group(2));
      }
    }
    return variables;
  }

  /** The property that a key of application.yaml sets: itself, or the list or map that it is in. */
  @Nullable Property propertyOf(String key, ServiceSettings common) {
    String name = key.replaceAll("\\[\\d+]", "");
    for (Property property : concat(common)) {
      if (name.equals(property.name())
          || (property.type().equals("map") || property.type().startsWith("list"))
              && name.startsWith(property.name() + ".")) {
        return property;
      }
    }
    return null;
  }

  private List<Property> concat(ServiceSettings common) {
    List<Property> both = new ArrayList<>(properties);
    if (common != this) {
      both.addAll(common.properties);
    }
    return both;
  }

  /** What application.yaml sets a property to, null when nothing. */
  @Nullable String set(Property property) {
    String value = yaml.get(property.name());
    if (value != null) {
      return value;
    }
    String items =
        yaml.entrySet().stream()
            .filter(entry -> entry.getKey().matches(Pattern.quote(property.name()) + "\\[\\d+]"))
            .map(Map.Entry::getValue)
            .collect(Collectors.joining(", "));
    return items.isEmpty() ? null : items;
  }
}
