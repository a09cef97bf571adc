package io.parley.message.socket;

import io.parley.common.problems.CommonProblem;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What Jetty itself reads of a request, and says, before anything of ours sees it. */
@Component
class JettyEdge implements WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory> {

  private final JsonMapper json;

  JettyEdge(JsonMapper json) {
    this.json = json;
  }

  @Override
  public void customize(ConfigurableJettyWebServerFactory factory) {
    factory.addServerCustomizers(
        server -> {
          server.setErrorHandler(new ProblemOfJetty());
          for (Connector connector : server.getConnectors()) {
            connector
                .getConnectionFactory(HttpConnectionFactory.class)
                .getHttpConfiguration()
                .addCustomizer(new PlainUpgrades());
          }
        });
  }

  /**
   * An upgrade asks for no extension, whatever the client offers: Jetty would agree on
   * permessage-deflate, which costs a compression for each receiver and 90 kB for each socket. Nor
   * does it name an origin: any may connect, as a socket is worth nothing before its CONNECT, and
   * the token in it is not a cookie that a browser adds by itself.
   */
  private static final class PlainUpgrades implements HttpConfiguration.Customizer {

    private static final Set<HttpHeader> IGNORED =
        EnumSet.of(HttpHeader.SEC_WEBSOCKET_EXTENSIONS, HttpHeader.ORIGIN);

    @Override
    public Request customize(Request request, HttpFields.Mutable responseHeaders) {
      if (!request.getHeaders().contains(HttpHeader.UPGRADE)) {
        return request;
      }
      HttpFields.Mutable plain = HttpFields.build();
      for (HttpField field : request.getHeaders()) {
        if (!IGNORED.contains(field.getHeader())) {
          plain.add(field);
        }
      }
      HttpFields headers = plain.asImmutable();
      return new Request.Wrapper(request) {
        @Override
        public HttpFields getHeaders() {
          return headers;
        }
      };
    }
  }

  /** What is no HTTP never becomes a request of ours; Jetty would answer it with a page. */
  private final class ProblemOfJetty extends ErrorHandler {

    @Override
    protected void generateResponse(
        Request request,
        Response response,
        int code,
        String message,
        Throwable cause,
        Callback callback) {
      CommonProblem type = code < 500 ? CommonProblem.INVALID_REQUEST : CommonProblem.INTERNAL;
      ProblemDetail problem = ProblemDetail.forStatus(code);
      problem.setType(type.type());
      problem.setTitle(type.title());
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
      response.write(true, ByteBuffer.wrap(json.writeValueAsBytes(problem)), callback);
    }
  }
}
