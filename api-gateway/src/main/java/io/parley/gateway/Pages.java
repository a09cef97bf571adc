package io.parley.gateway;

import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The pages whose addresses people see, in mails for example, and which so have no file name.
 * Revalidated each time, as all static files are.
 */
@Configuration(proxyBeanMethods = false)
class Pages {

  private static final Map<String, String> FILES =
      Map.of(
          "/", "index.html",
          "/account", "account.html",
          "/verify-email", "verify-email.html",
          "/keep-email", "keep-email.html",
          "/reset-password", "reset-password.html",
          "/unsubscribe", "unsubscribe.html",
          "/docs/api", "docs/api.html");

  /** Before the welcome page of Spring Boot, which says nothing on caching. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  RouterFunction<ServerResponse> pageRoutes() {
    RouterFunctions.Builder routes = RouterFunctions.route();
    FILES.forEach(
        (path, file) ->
            routes.GET(
                path,
                request ->
                    ServerResponse.ok()
                        .contentType(MediaType.TEXT_HTML)
                        .cacheControl(CacheControl.noCache())
                        .bodyValue(new ClassPathResource("static/" + file))));
    return routes.build();
  }
}
