package io.parley.common.edge;

import io.parley.common.access.AccessTokens;
import io.parley.common.access.Caller;
import io.parley.common.access.FleetService;
import io.parley.common.access.ServiceTokens;
import io.parley.common.logs.LogFields;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.slf4j.MDC;
import org.springframework.http.HttpHeaders;
import org.springframework.util.AntPathMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * {@code /api/**} is for users with an access token, {@code /internal/**} for services with a
 * service token, each for what {@link CallerInterceptor} lets it. The gateway has checked access
 * tokens before; a service does not rely on that.
 */
final class AccessFilter extends OncePerRequestFilter {

  static final String CALLER = Caller.class.getName();
  static final String SERVICE = FleetService.class.getName();

  private static final String BEARER = "Bearer ";

  private final AccessTokens accessTokens;
  private final ServiceTokens serviceTokens;
  private final List<String> publicPaths;
  private final ProblemResponses problems;
  private final AntPathMatcher matcher = new AntPathMatcher();

  AccessFilter(
      AccessTokens accessTokens,
      ServiceTokens serviceTokens,
      List<String> publicPaths,
      ProblemResponses problems) {
    this.accessTokens = accessTokens;
    this.serviceTokens = serviceTokens;
    this.publicPaths = publicPaths;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    // Decoded and normalised by the container, as the dispatcher will see it.
    String path = request.getServletPath();
    try {
      if (path.startsWith("/internal/")) {
        FleetService service = serviceTokens.caller(token(request));
        if (service == null) {
          throw new ProblemException(CommonProblem.UNAUTHENTICATED);
        }
        request.setAttribute(SERVICE, service);
      } else if (path.startsWith("/api/")
          && publicPaths.stream().noneMatch(pattern -> matcher.match(pattern, path))) {
        Caller caller = accessTokens.verify(token(request));
        MDC.put(LogFields.USER, caller.id().toString());
        request.setAttribute(CALLER, caller);
      }
    } catch (ProblemException e) {
      problems.write(e, response);
      return;
    }
    chain.doFilter(request, response);
  }

  private static String token(HttpServletRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED);
    }
    return header.substring(BEARER.length());
  }
}
