package io.parley.message.socket;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.problems.ProblemType;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;
import tools.jackson.databind.json.JsonMapper;

/**
 * No upgrade by HTTP/1.0 (RFC 6455, 4.2.1): Jetty ignores it, and its answer would be an empty 200.
 * Nor any once the node closes its sockets: another node takes it.
 */
record HandshakeCheck(OpenSockets sockets, JsonMapper json) implements HandshakeInterceptor {

  @Override
  public boolean beforeHandshake(
      ServerHttpRequest request,
      ServerHttpResponse response,
      WebSocketHandler handler,
      Map<String, Object> attributes)
      throws IOException {
    if (((ServletServerHttpRequest) request).getServletRequest().getProtocol().equals("HTTP/1.0")) {
      return refuse(response, CommonProblem.INVALID_REQUEST, "an upgrade needs HTTP/1.1");
    }
    return sockets.isRunning()
        || refuse(response, SocketProblem.NODE_STOPPING, "this node takes no sockets any more");
  }

  private boolean refuse(ServerHttpResponse response, ProblemType problem, String detail)
      throws IOException {
    ProblemException refusal = new ProblemException(problem, detail);
    response.setStatusCode(refusal.type().status());
    response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    refusal.headers().forEach(response.getHeaders()::set);
    response.getBody().write(json.writeValueAsBytes(refusal.toProblemDetail()));
    return false;
  }

  @Override
  public void afterHandshake(
      ServerHttpRequest request,
      ServerHttpResponse response,
      WebSocketHandler handler,
      @Nullable Exception failure) {
    // Nothing is left to do.
  }
}
