package io.parley.gateway;

import io.netty.channel.ChannelOption;
import io.parley.common.nodes.NodeDirectory;
import io.parley.common.nodes.Nodes;
import io.parley.gateway.edge.RequestSpans;
import io.parley.gateway.relay.SocketProperties;
import io.parley.gateway.relay.SocketRelay;
import io.parley.gateway.relay.Sockets;
import io.parley.gateway.services.NodeFilter;
import io.parley.gateway.services.ServicesProperties;
import java.net.URI;
import java.util.function.Function;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.Buildable;
import org.springframework.cloud.gateway.route.builder.PredicateSpec;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
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
      NodeDirectory directory,
      Sockets sockets,
      SocketProperties socketProperties,
      RequestSpans spans) {
    Nodes user = directory.nodes(services.user());
    Nodes group = directory.nodes(services.group());
    Nodes message = directory.nodes(services.message());
    Nodes notification = directory.nodes(services.notification());
    return builder
        .routes()
        // First match wins: what another service has below a path stands before that path.
        .route(
            "group-service",
            to(
                group,
                spans,
                "/api/v1/groups/**",
                "/api/v1/invitations/**",
                "/api/v1/reports/**",
                "/api/v1/admin/groups/**",
                "/api/v1/admin/reports/**"))
        .route(
            "message-service",
            to(
                message,
                spans,
                "/api/v1/conversations/**",
                "/api/v1/sync",
                "/api/v1/users/me/drafts/**",
                "/api/v1/users/me/saved/**",
                "/api/v1/users/me/threads",
                "/api/v1/users/me/scheduled/**",
                "/api/v1/presence/**",
                "/api/v1/users/me/presence",
                "/api/v1/admin/conversations/**",
                "/api/v1/admin/reconciliation/**"))
        .route(
            "notification-service",
            to(
                notification,
                spans,
                "/api/v1/devices/**",
                "/api/v1/notifications/**",
                "/api/v1/mail/**",
                "/api/v1/admin/dead-letters/notification-service/**"))
        .route(
            "user-service",
            to(
                user,
                spans,
                "/api/v1/auth/**",
                "/api/v1/users/**",
                "/api/v1/usernames/*",
                "/api/v1/contacts/**",
                "/api/v1/blocks/**",
                "/api/v1/bots/**",
                "/api/v1/erasures/**",
                "/api/v1/admin/**",
                "/.well-known/jwks.json"))
        .route("openapi-user", openApi(user, spans, "user"))
        .route("openapi-group", openApi(group, spans, "group"))
        .route("openapi-message", openApi(message, spans, "message"))
        .route("openapi-notification", openApi(notification, spans, "notification"))
        .route("openapi-socket", document(message, spans, "/docs/asyncapi.yaml", "/asyncapi.yaml"))
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

  private static Function<PredicateSpec, Buildable<Route>> to(
      Nodes nodes, RequestSpans spans, String... paths) {
    NodeFilter filter = new NodeFilter(nodes, spans);
    return route ->
        route
            .path(paths)
            .filters(filters -> filters.filter(filter, NodeFilter.ORDER))
            .uri(BY_FILTER);
  }

  /** The OpenAPI document of one service. */
  private static Function<PredicateSpec, Buildable<Route>> openApi(
      Nodes nodes, RequestSpans spans, String name) {
    return document(nodes, spans, "/api/v1/openapi/" + name + ".json", "/openapi.json");
  }

  /**
   * @param file where the service has it
   */
  private static Function<PredicateSpec, Buildable<Route>> document(
      Nodes nodes, RequestSpans spans, String path, String file) {
    NodeFilter filter = new NodeFilter(nodes, spans, file);
    return route ->
        route
            .path(path)
            .and()
            .method(HttpMethod.GET)
            .filters(filters -> filters.filter(filter, NodeFilter.ORDER))
            .uri(BY_FILTER);
  }
}
