package io.parley.gateway.limits;

import io.parley.common.limits.Decision;
import io.parley.common.limits.Limit;
import io.parley.common.limits.RateLimits;
import io.parley.gateway.edge.RequestPattern;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The configured limits. A request takes a token of each limit that it comes under. */
@Component
final class Limits {

  private record Rule(Limit limit, LimitProperties.Key key, List<RequestPattern> requests) {}

  /** Attribute of an exchange: what was taken for its token. */
  private static final String PAID = Paid.class.getName();

  private record Paid(String value, List<Decision> decisions) {}

  private final RateLimits buckets;
  private final List<Rule> rules = new ArrayList<>();

  Limits(LimitProperties properties, RateLimits buckets) {
    this.buckets = buckets;
    new TreeMap<>(properties.limits())
        .forEach(
            (name, settings) -> {
              long capacity = Math.round(settings.capacity() * properties.limitScale());
              if (settings.capacity() > 0) {
                rules.add(
                    new Rule(
                        new Limit(
                            name,
                            Math.max(1, capacity),
                            settings.refill(),
                            settings.fail() == LimitProperties.Fail.OPEN),
                        settings.key(),
                        RequestPattern.parseAll(settings.requests())));
              }
            });
  }

  /**
   * Takes a token of each limit with this kind of key.
   *
   * @param value the key: an address or a user's id
   * @return fails with 429 {@code rate-limited} when one of them has none left
   */
  Mono<Void> check(ServerWebExchange exchange, LimitProperties.Key key, String value) {
    ServerHttpRequest request = exchange.getRequest();
    List<CompletableFuture<Decision>> asked = new ArrayList<>(2);
    for (Rule rule : rules) {
      if (rule.key() == key && matches(rule, request)) {
        asked.add(buckets.consumeAsync(rule.limit(), value));
      }
    }
    if (asked.isEmpty()) {
      return Mono.empty();
    }
    return Mono.fromFuture(
            CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(done -> asked.stream().map(CompletableFuture::join).toList()))
        .flatMap(
            decisions -> {
              if (key == LimitProperties.Key.TOKEN) {
                exchange.getAttributes().put(PAID, new Paid(value, decisions));
              }
              return decide(exchange, key, decisions);
            });
  }

  /** Undoes what {@link #check} took for the token, once. */
  void giveBack(ServerWebExchange exchange) {
    if (exchange.getAttributes().remove(PAID) instanceof Paid paid) {
      for (Decision decision : paid.decisions()) {
        if (decision.allowed() && decision.known()) {
          buckets.giveBack(decision.limit(), paid.value());
        }
      }
    }
  }

  private static boolean matches(Rule rule, ServerHttpRequest request) {
    for (RequestPattern pattern : rule.requests()) {
      if (pattern.matches(request)) {
        return true;
      }
    }
    return false;
  }

  /** Of several refusals the client is told the longest: sooner it would be refused again. */
  private static Mono<Void> decide(
      ServerWebExchange exchange, LimitProperties.Key key, List<Decision> decisions) {
    // What is going to be given back is not worth telling.
    if (key != LimitProperties.Key.TOKEN || !decisions.stream().allMatch(Decision::allowed)) {
      LimitHeaders.announce(exchange, decisions);
    }
    return decisions.stream()
        .filter(decision -> !decision.allowed())
        .max(Comparator.comparing(Decision::retryAfter))
        .<Mono<Void>>map(decision -> Mono.error(decision.refusal()))
        .orElseGet(Mono::empty);
  }
}
