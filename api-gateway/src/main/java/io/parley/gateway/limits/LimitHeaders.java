package io.parley.gateway.limits;

import io.parley.common.limits.Decision;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Tells a client of the limits that its request came under: all of them by RateLimit-Policy and
 * RateLimit (draft-ietf-httpapi-ratelimit-headers-10), and the one with the least left by
 * RateLimit-Limit, -Remaining and -Reset (the draft's older form, which most clients read). What is
 * not known, because Redis does not answer, is not told.
 */
final class LimitHeaders {

  private LimitHeaders() {}

  static void announce(ServerWebExchange exchange, List<Decision> decisions) {
    List<Decision> known = decisions.stream().filter(Decision::known).toList();
    if (known.isEmpty()) {
      return;
    }
    // At the last moment, so that a service's own headers of these names do not stand beside them.
    exchange
        .getResponse()
        .beforeCommit(
            () -> Mono.fromRunnable(() -> set(exchange.getResponse().getHeaders(), known)));
  }

  private static void set(HttpHeaders headers, List<Decision> decisions) {
    headers.set("RateLimit-Policy", list(decisions, LimitHeaders::policy));
    headers.set("RateLimit", list(decisions, LimitHeaders::state));
    Decision least =
        decisions.stream()
            .min(Comparator.comparingDouble(d -> (double) d.remaining() / d.limit().capacity()))
            .orElseThrow();
    headers.set("RateLimit-Limit", Long.toString(least.limit().capacity()));
    headers.set("RateLimit-Remaining", Long.toString(least.remaining()));
    headers.set("RateLimit-Reset", Long.toString(least.resetAfterSeconds()));
  }

  private static String policy(Decision decision) {
    long window = Math.max(1, decision.limit().refill().toSeconds());
    return name(decision) + ";q=" + decision.limit().capacity() + ";w=" + window;
  }

  private static String state(Decision decision) {
    return name(decision) + ";r=" + decision.remaining() + ";t=" + decision.resetAfterSeconds();
  }

  private static String name(Decision decision) {
    return "\"" + decision.limit().name() + "\"";
  }

  private static String list(
      List<Decision> decisions, java.util.function.Function<Decision, String> item) {
    return decisions.stream().map(item).collect(Collectors.joining(", "));
  }
}
