package io.parley.user.export;

import io.parley.common.access.ServiceTokens;
import io.parley.common.ids.UserId;
import io.parley.common.nodes.NodeDirectory;
import io.parley.common.nodes.Nodes;
import io.parley.common.problems.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.stereotype.Component;

/**
 * The other services' parts. {@code HttpURLConnection} is used because its read timeout holds for
 * each read, so that a service which falls silent in the middle is noticed however long the whole
 * takes.
 */
@Component
class FleetParts {

  private static final Logger log = LoggerFactory.getLogger(FleetParts.class);

  private final Map<String, Nodes> services = new LinkedHashMap<>();
  private final ServiceTokens tokens;
  private final SimpleClientHttpRequestFactory http = new SimpleClientHttpRequestFactory();

  FleetParts(
      FleetProperties fleet,
      ExportProperties properties,
      NodeDirectory directory,
      ServiceTokens tokens) {
    fleet.services().forEach((name, urls) -> services.put(name, directory.nodes(urls)));
    this.tokens = tokens;
    http.setConnectTimeout(properties.connectWithin());
    http.setReadTimeout(properties.readWithin());
  }

  /**
   * Begins all parts at once: none is read yet, but every service has said that it will send.
   *
   * @throws ProblemException 503 {@code export-unavailable}
   */
  Parts open(UserId user) {
    Parts parts = new Parts();
    try {
      for (Map.Entry<String, Nodes> service : services.entrySet()) {
        parts.responses.put(service.getKey(), begin(service.getKey(), service.getValue(), user));
      }
      return parts;
    } catch (IOException e) {
      parts.close();
      log.warn("no export for now: {}", e.toString());
      throw new ProblemException(ExportProblem.EXPORT_UNAVAILABLE);
    }
  }

  /** Asks one node after the other. */
  private ClientHttpResponse begin(String service, Nodes nodes, UserId user) throws IOException {
    IOException failure = new IOException(service + " has no nodes");
    for (URI node : nodes.inTurn()) {
      try {
        return begin(service, node, user);
      } catch (IOException e) {
        failure = e;
        if (Nodes.isUnconnected(e)) {
          nodes.failed(node);
        }
      }
    }
    throw failure;
  }

  private ClientHttpResponse begin(String service, URI base, UserId user) throws IOException {
    URI uri = URI.create(base + "/internal/users/" + user + "/export");
    ClientHttpRequest request = http.createRequest(uri, HttpMethod.GET);
    request.getHeaders().set(HttpHeaders.AUTHORIZATION, tokens.bearer(service));
    ClientHttpResponse response = request.execute();
    if (response.getStatusCode() != HttpStatus.OK) {
      response.close();
      throw new IOException(service + " answers " + response.getStatusCode());
    }
    return response;
  }

  /** By service, in the order of the archive. To be closed. */
  static final class Parts implements AutoCloseable {

    private final Map<String, ClientHttpResponse> responses = new LinkedHashMap<>();

    Iterable<String> services() {
      return responses.keySet();
    }

    InputStream body(String service) {
      try {
        return Objects.requireNonNull(responses.get(service)).getBody();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      responses.values().forEach(ClientHttpResponse::close);
    }
  }
}
