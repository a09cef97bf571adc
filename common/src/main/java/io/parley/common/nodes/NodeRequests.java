package io.parley.common.nodes;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.support.HttpRequestWrapper;
import org.springframework.web.client.RestClient;

/**
 * Sends the requests of a {@code RestClient} to the nodes of a service, in turn, and to the next
 * one when one can not be reached, breaks off, or is not able to answer now (503). To be the first
 * interceptor: those behind it see each try. Only for requests that change nothing, as all are that
 * services make to one another: they may be repeated.
 */
public final class NodeRequests implements ClientHttpRequestInterceptor {

  /** The base URL of the client; never connected to. */
  public static final String ANY_NODE = "http://any-node.invalid";

  private final Nodes nodes;

  private NodeRequests(Nodes nodes) {
    this.nodes = nodes;
  }

  /**
   * A client of a service, to be asked for paths.
   *
   * @param builder stays as it is
   * @param connectTimeout for a connection to one of its nodes
   * @param readTimeout for an answer of one of them
   */
  public static RestClient client(
      RestClient.Builder builder, Nodes nodes, Duration connectTimeout, Duration readTimeout) {
    JdkClientHttpRequestFactory requests =
        new JdkClientHttpRequestFactory(
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connectTimeout)
                .build());
    requests.setReadTimeout(readTimeout);
    return builder
        .clone()
        .baseUrl(ANY_NODE)
        .requestInterceptors(all -> all.addFirst(new NodeRequests(nodes)))
        .requestFactory(requests)
        .build();
  }

  @Override
  public ClientHttpResponse intercept(
      HttpRequest request, byte[] body, ClientHttpRequestExecution execution) throws IOException {
    Refusals refusals = new Refusals();
    try {
      return nodes.ask(node -> refusals.pass(node, execution.execute(new At(request, node), body)));
    } catch (Nodes.UnableException e) {
      return refusals.takeLast(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } finally {
      refusals.close();
    }
  }

  /** The last 503 is the caller's to read if there is nothing better. */
  private static final class Refusals {

    private @Nullable ClientHttpResponse last;

    ClientHttpResponse pass(URI node, ClientHttpResponse answer) throws IOException {
      if (answer.getStatusCode().value() != HttpStatus.SERVICE_UNAVAILABLE.value()) {
        return answer;
      }
      close();
      last = answer;
      throw new Nodes.UnableException(node);
    }

    ClientHttpResponse takeLast(Nodes.UnableException e) throws Nodes.UnableException {
      ClientHttpResponse taken = last;
      if (taken == null) {
        throw e;
      }
      last = null;
      return taken;
    }

    void close() {
      if (last != null) {
        last.close();
        last = null;
      }
    }
  }

  private static final class At extends HttpRequestWrapper {

    private final URI uri;

    At(HttpRequest request, URI node) {
      super(request);
      URI asked = request.getURI();
      String query = asked.getRawQuery();
      this.uri = URI.create(node + asked.getRawPath() + (query == null ? "" : "?" + query));
    }

    @Override
    public URI getURI() {
      return uri;
    }
  }
}
