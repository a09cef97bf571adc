package io.parley.gateway.edge;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Some requests, as settings name them: {@code POST /api/v1/auth/login}, {@code PUT|DELETE
 * /api/v1/groups/*}{@code /avatar}, {@code /api/**} for any method (GET stands for HEAD too),
 * {@code GET /api/v1/users?query} for those that have this parameter.
 */
public final class RequestPattern {

  private final List<HttpMethod> methods;
  private final PathPattern path;
  private final @Nullable String parameter;

  private RequestPattern(List<HttpMethod> methods, PathPattern path, @Nullable String parameter) {
    this.methods = methods;
    this.path = path;
    this.parameter = parameter;
  }

  /**
   * @throws IllegalArgumentException when the text is none
   */
  public static RequestPattern parse(String text) {
    String[] words = text.strip().split("\\s+");
    if (words.length > 2 || !words[words.length - 1].startsWith("/")) {
      throw new IllegalArgumentException("not a pattern of requests: " + text);
    }
    List<HttpMethod> methods =
        words.length == 1
            ? List.of()
            : Arrays.stream(words[0].split("\\|")).map(HttpMethod::valueOf).toList();
    String[] target = words[words.length - 1].split("\\?", 2);
    return new RequestPattern(
        methods,
        PathPatternParser.defaultInstance.parse(target[0]),
        target.length == 1 ? null : target[1]);
  }

  public static List<RequestPattern> parseAll(List<String> texts) {
    return texts.stream().map(RequestPattern::parse).toList();
  }

  public boolean matches(ServerHttpRequest request) {
    return (methods.isEmpty() || methods.contains(method(request)))
        && path.matches(request.getPath().pathWithinApplication())
        && (parameter == null || request.getQueryParams().containsKey(parameter));
  }

  /** HEAD costs what GET costs. */
  private static HttpMethod method(ServerHttpRequest request) {
    return request.getMethod().equals(HttpMethod.HEAD) ? HttpMethod.GET : request.getMethod();
  }
}
