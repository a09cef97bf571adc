package io.parley.common.traces;

import io.parley.common.nodes.NodeRequests;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;

/** A span for each request of a {@code RestClient} that is made for something traced. */
final class ClientSpans implements ClientHttpRequestInterceptor {

  private static final int ERROR = 400;

  /** Where the client keeps what the URI was made of. */
  private static final String TEMPLATE = RestClient.class.getName() + ".uriTemplate";

  private final Traces traces;

  ClientSpans(Traces traces) {
    this.traces = traces;
  }

  @Override
  public ClientHttpResponse intercept(
      HttpRequest request, byte[] body, ClientHttpRequestExecution execution) throws IOException {
    String parent = traces.current();
    if (parent == null) {
      return execution.execute(request, body);
    }
    String method = HttpSpans.method(request.getMethod().name());
    String template = template(request);
    Span span =
        traces
            .begin(Span.Kind.CLIENT, HttpSpans.name(method, template), parent)
            .set(HttpSpans.METHOD, method)
            .set("url.template", template)
            .set("server.address", request.getURI().getHost())
            .set("server.port", request.getURI().getPort());
    request.getHeaders().set(Traces.HEADER, String.valueOf(span.traceparent()));
    try {
      ClientHttpResponse response = execution.execute(request, body);
      int status = response.getStatusCode().value();
      span.set(HttpSpans.STATUS, status);
      if (status >= ERROR) {
        span.failed(String.valueOf(status));
      }
      return response;
    } catch (IOException | RuntimeException e) {
      span.failed(e.getClass().getName());
      throw e;
    } finally {
      span.end();
    }
  }

  /** The path's; null where the client was given a whole URI. */
  private static @Nullable String template(HttpRequest request) {
    if (!(request.getAttributes().get(TEMPLATE) instanceof String template)) {
      return null;
    }
    String path = template.split("\\?", 2)[0];
    return path.startsWith(NodeRequests.ANY_NODE)
        ? path.substring(NodeRequests.ANY_NODE.length())
        : path;
  }
}
