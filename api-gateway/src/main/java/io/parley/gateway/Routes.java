package io.parley.gateway;

import io.netty.channel.ChannelOption;
import io.parley.gateway.relay.SocketProperties;
import io.parley.gateway.relay.SocketRelay;
import io.parley.gateway.relay.Sockets;
import io.parley.gateway.services.NodeFilter;
import io.parley.gateway.services.Nodes;
import io.parley.gateway.services.ServicesProperties;
import java.net.URI;
import java.time.Clock;
import java.util.function.Function;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.Buildable;
import org.springframework.cloud.gateway.route.builder.PredicateSpec;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * The whole public surface behind the edge. What is not listed here does not exist for a client:
 * there is no catch-all, so no path of a service (least of all {@code /internal/**}) is public by
 * accident.
 */
@Configuration(proxyBeanMethods = false)
class Routes {

  /** Never connected to: the routes' filters choose a node of the service. */
  private static final URI BY_FILTER = URI.create("http://by-filter.invalid");

  @Bean
  RouteLocator publicRoutes(
      RouteLocatorBuilder builder,
      ServicesProperties services,
      Sockets sockets,
      SocketProperties socketProperties,
      Clock clock) {
    Nodes message = new Nodes(services.message(), clock);
    return builder
        .routes()
        .route(
            "user-service",
            to(
                new Nodes(services.user(), clock),
                "/api/v1/auth/**",
                "/api/v1/users/**",
                "/.well-known/jwks.json"))
        .route("group-service", to(new Nodes(services.group(), clock), "/api/v1/groups/**"))
        .route("message-service", to(message, "/api/v1/conversations/**"))
        .route(
            "notification-service",
            to(
                new Nodes(services.notification(), clock),
                "/api/v1/devices/**",
                "/api/v1/notifications/**"))
        .route(
            "socket",
            route ->
                route
                    .path("/ws")
                    .filters(
                        filters ->
                            filters.filter(new SocketRelay(message, sockets, socketProperties)))
                    .uri(BY_FILTER))
        .build();
  }

  /**
   * Reactor Netty repeats a request whose connection was reset, also a POST that the service may
   * have carried out: {@link NodeFilter} knows better when to repeat.
   */
  @Bean
  HttpClientCustomizer noBlindRetry(ReactorResourceFactory resources) {
    return client ->
        client
            .runOn(resources.getLoopResources())
            .disableRetry(true)
            .option(ChannelOption.SO_KEEPALIVE, true);
  }

  private static Function<PredicateSpec, Buildable<Route>> to(Nodes nodes, String... paths) {
    NodeFilter filter = new NodeFilter(nodes);
    return route ->
        route
            .path(paths)
            .filters(filters -> filters.filter(filter, NodeFilter.ORDER))
            .uri(BY_FILTER);
  }
}
