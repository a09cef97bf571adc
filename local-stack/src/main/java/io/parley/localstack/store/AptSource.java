package io.parley.localstack.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An archive that the machine's apt uses, as in sources.list(5).
 *
 * @param signedBy the keyring's path, or empty where apt's common keys are used
 */
record AptSource(String uri, List<String> suites, List<String> components, String signedBy) {
  private static final Set<String> RELEASES =
      Set.of(
          "bullseye",
          "bookworm",
          "trixie",
          "forky",
          "sid",
          "oldstable",
          "stable",
          "testing",
          "unstable");

  /** All that are in use, with Debian's own archives first. */
  static List<AptSource> of(Path aptFolder) throws IOException {
    List<AptSource> sources = new ArrayList<>();
    Path list = aptFolder.resolve("sources.list");
    if (Files.exists(list)) {
      sources.addAll(oneLine(Files.readString(list)));
    }
    Path parts = aptFolder.resolve("sources.list.d");
    if (Files.isDirectory(parts)) {
      List<Path> files = new ArrayList<>();
      try (DirectoryStream<Path> found = Files.newDirectoryStream(parts, "*.{list,sources}")) {
        found.forEach(files::add);
      }
      files.sort(null);
      for (Path file : files) {
        String text = Files.readString(file);
        sources.addAll(file.toString().endsWith(".list") ? oneLine(text) : deb822(text));
      }
    }
    sources.sort(Comparator.comparing(source -> source.uri().contains("debian") ? 0 : 1));
    return sources;
  }

  /**
   * Whether this is a Debian archive of whole releases, which then holds the other releases as
   * well.
   */
  boolean isRelease() {
    return components.contains("main") && suites.stream().anyMatch(RELEASES::contains);
  }

  boolean isSecurity() {
    return components.contains("main")
        && suites.stream().anyMatch(suite -> suite.endsWith("-security"));
  }

  /** {@code deb [options] uri suite component…} */
  static List<AptSource> oneLine(String text) {
    List<AptSource> sources = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String entry = line.replaceFirst("#.*", "").strip();
      if (!entry.startsWith("deb ") && !entry.startsWith("deb\t")) {
        continue;
      }
      String rest = entry.substring(3).strip();
      String signedBy = "";
      if (rest.startsWith("[") && rest.contains("]")) {
        for (String option : rest.substring(1, rest.indexOf(']')).split("\\s+", -1)) {
          if (option.startsWith("signed-by=")) {
            signedBy = option.substring("signed-by=".length());
          }
        }
        rest = rest.substring(rest.indexOf(']') + 1).strip();
      }
      List<String> words = List.of(rest.split("\\s+", -1));
      if (words.size() >= 3) {
        sources.add(
            new AptSource(
                words.getFirst(), List.of(words.get(1)), words.subList(2, words.size()), signedBy));
      }
    }
    return sources;
  }

  /** Paragraphs of {@code Field: value}, continued on indented lines. */
  static List<AptSource> deb822(String text) {
    List<AptSource> sources = new ArrayList<>();
    Map<String, String> fields = new HashMap<>();
    String last = "";
    for (String line : (text + "\n\n").lines().toList()) {
      if (line.startsWith("#")) {
        continue;
      }
      if (line.isBlank()) {
        sources.addAll(paragraph(fields));
        fields.clear();
      } else if (Character.isWhitespace(line.charAt(0))) {
        fields.merge(last, line, (value, more) -> value + "\n" + more.strip());
      } else if (line.contains(":")) {
        last = line.substring(0, line.indexOf(':')).strip().toLowerCase(Locale.ROOT);
        fields.put(last, line.substring(line.indexOf(':') + 1).strip());
      }
    }
    sources.addAll(paragraph(fields));
    return sources;
  }

  private static List<AptSource> paragraph(Map<String, String> fields) {
    boolean binary = words(fields, "types").contains("deb");
    boolean enabled = !fields.getOrDefault("enabled", "yes").matches("(?i)no|false|0|off");
    String signedBy = fields.getOrDefault("signed-by", "");
    List<AptSource> sources = new ArrayList<>();
    if (binary && enabled) {
      for (String uri : words(fields, "uris")) {
        sources.add(
            new AptSource(
                uri,
                words(fields, "suites"),
                words(fields, "components"),
                // The key itself may stand there instead of a path.
                signedBy.startsWith("/") ? signedBy : ""));
      }
    }
    return sources;
  }

  private static List<String> words(Map<String, String> fields, String name) {
    String value = fields.getOrDefault(name, "").strip();
    return value.isEmpty() ? List.of() : List.of(value.split("\\s+", -1));
  }
}
