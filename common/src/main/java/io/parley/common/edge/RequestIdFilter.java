package io.parley.common.edge;

import io.parley.common.logs.LogFields;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives each request an id, or keeps the gateway's, in the answer and in every log line, which also
 * names the conversation or group of the path.
 */
public final class RequestIdFilter extends OncePerRequestFilter {

  public static final String HEADER = "X-Request-Id";

  private static final Pattern ACCEPTED = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern CONVERSATION =
      Pattern.compile(
          "/(?:api/v1|internal)/(?:admin/)?(?:conversations|groups)/([0-9a-f-]{36})(?:/.*)?");

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String given = request.getHeader(HEADER);
    String id =
        given != null && ACCEPTED.matcher(given).matches() ? given : UUID.randomUUID().toString();
    response.setHeader(HEADER, id);
    MDC.put(LogFields.REQUEST, id);
    Matcher conversation = CONVERSATION.matcher(request.getRequestURI());
    if (conversation.matches()) {
      MDC.put(LogFields.CONVERSATION, conversation.group(1));
    }
    try {
      chain.doFilter(request, response);
    } finally {
      LogFields.clear();
    }
  }
}
