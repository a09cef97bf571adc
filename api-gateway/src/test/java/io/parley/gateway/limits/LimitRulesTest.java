package io.parley.gateway.limits;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.gateway.edge.RequestPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

/**
 * The requests that the gateway's settings name, against those that there are: the mappings in the
 * sources of all services' controllers. A rule that names a path which does not exist limits
 * nothing, and nobody notices.
 */
class LimitRulesTest {

  private static final Pattern CLASS_PATH = Pattern.compile("@RequestMapping\\(\"([^\"]*)\"\\)");
  private static final Pattern MAPPING =
      Pattern.compile("@(Get|Put|Post|Delete|Patch)Mapping\\b(\\((?:[^()\"]|\"[^\"]*\")*\\))?");
  private static final Pattern PATH = Pattern.compile("\"(/[^\"]*)\"");

  private static final List<Operation> OPERATIONS = new ArrayList<>();
  private static Binder settings;

  /**
   * @param declaration the method's source
   */
  private record Operation(String method, String path, String declaration) {

    boolean isSearch() {
      return declaration.contains("String query,") || path.endsWith("/search");
    }

    boolean isUpload() {
      return declaration.contains("@RequestBody byte[]");
    }

    MockServerHttpRequest request() {
      String target = path.replaceAll("\\{[^}]*\\}", "x") + (isSearch() ? "?query=x" : "");
      return MockServerHttpRequest.method(HttpMethod.valueOf(method), target).build();
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  @BeforeAll
  static void read() throws IOException {
    StandardEnvironment environment = new StandardEnvironment();
    new YamlPropertySourceLoader()
        .load("application", new ClassPathResource("application.yaml"))
        .forEach(environment.getPropertySources()::addLast);
    settings = Binder.get(environment);
    Path root = Path.of("..").toAbsolutePath().normalize();
    for (String service :
        List.of("user-service", "group-service", "message-service", "notification-service")) {
      try (Stream<Path> files = Files.walk(root.resolve(service).resolve("src/main/java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          String text = Files.readString(file);
          if (text.contains("@RestController\n")) {
            List<Operation> found = operations(text);
            assertThat(found).as(file.toString()).isNotEmpty();
            OPERATIONS.addAll(found);
          }
        }
      }
    }
    // What the gateway has itself.
    OPERATIONS.add(new Operation("GET", "/ws", ""));
    OPERATIONS.add(new Operation("GET", "/api/v1/openapi/user.json", ""));
    assertThat(OPERATIONS).hasSizeGreaterThan(100);
    assertThat(OPERATIONS).anyMatch(Operation::isSearch).anyMatch(Operation::isUpload);
  }

  private static List<Operation> operations(String text) {
    Matcher ofClass = CLASS_PATH.matcher(text);
    String prefix = ofClass.find() ? ofClass.group(1) : "";
    List<Operation> found = new ArrayList<>();
    Matcher mapping = MAPPING.matcher(text);
    List<Integer> starts = new ArrayList<>();
    while (mapping.find()) {
      starts.add(mapping.start());
      Matcher path = PATH.matcher(mapping.group(2) == null ? "" : mapping.group(2));
      found.add(
          new Operation(
              mapping.group(1).toUpperCase(Locale.ROOT),
              prefix + (path.find() ? path.group(1) : ""),
              ""));
    }
    for (int i = 0; i < found.size(); i++) {
      int end = i + 1 < starts.size() ? starts.get(i + 1) : text.length();
      Operation one = found.get(i);
      found.set(i, new Operation(one.method(), one.path(), text.substring(starts.get(i), end)));
    }
    return found;
  }

  @Test
  void eachRequestThatTheSettingsNameShouldExist() {
    List<String> named = new ArrayList<>();
    limits().limits().values().forEach(limit -> named.addAll(limit.requests()));
    named.addAll(list("parley.access.public-paths"));
    for (int i = 0; settings.bind(largeBody(i), Bindable.listOf(String.class)).isBound(); i++) {
      named.addAll(list(largeBody(i)));
    }

    assertThat(named)
        .hasSizeGreaterThan(25)
        .allSatisfy(
            text ->
                assertThat(OPERATIONS)
                    .as(text)
                    .anyMatch(one -> RequestPattern.parse(text).matches(one.request())));
  }

  @Test
  void eachSearchShouldComeUnderTheLimitOfSearches() {
    assertThat(OPERATIONS)
        .filteredOn(one -> one.isSearch() && one.path().startsWith("/api/"))
        .allSatisfy(one -> assertThat(isUnder("search", one)).as(one.toString()).isTrue());
  }

  /** What needs no token is nobody's upload: it has the limit of its address. */
  @Test
  void eachUploadOfAUserShouldComeUnderTheLimitOfUploads() {
    List<RequestPattern> open = RequestPattern.parseAll(list("parley.access.public-paths"));

    assertThat(OPERATIONS)
        .filteredOn(Operation::isUpload)
        .filteredOn(one -> open.stream().noneMatch(path -> path.matches(one.request())))
        .allSatisfy(one -> assertThat(isUnder("upload", one)).as(one.toString()).isTrue());
  }

  private static boolean isUnder(String limit, Operation operation) {
    LimitProperties.Settings rule = requireNonNull(limits().limits().get(limit));
    return RequestPattern.parseAll(rule.requests()).stream()
        .anyMatch(pattern -> pattern.matches(operation.request()));
  }

  private static LimitProperties limits() {
    return settings.bind("parley.gateway", Bindable.of(LimitProperties.class)).get();
  }

  private static String largeBody(int i) {
    return "parley.gateway.edge.large-bodies[" + i + "].requests";
  }

  private static List<String> list(String name) {
    return settings.bind(name, Bindable.listOf(String.class)).get();
  }
}
