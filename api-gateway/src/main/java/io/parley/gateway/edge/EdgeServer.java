package io.parley.gateway.edge;

import java.time.Duration;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** Settings of the public server that Spring Boot has no property for. */
@Configuration(proxyBeanMethods = false)
class EdgeServer implements NettyServerCustomizer {

  private final EdgeProperties properties;
  private final Problems problems;

  EdgeServer(EdgeProperties properties, Problems problems) {
    this.properties = properties;
    this.problems = problems;
  }

  /**
   * An event loop per processor, for servers and clients alike; Reactor Netty makes at least four.
   * With fewer loops each finds more sockets ready at a time, and a frame costs less.
   */
  @Bean
  ReactorResourceFactory reactorResourceFactory() {
    ReactorResourceFactory resources = new ReactorResourceFactory();
    resources.setUseGlobalResources(false);
    resources.setLoopResourcesSupplier(
        () -> LoopResources.create("edge", Runtime.getRuntime().availableProcessors(), true));
    // By default the loops idle for two seconds when all their work is done.
    resources.setShutdownQuietPeriod(Duration.ZERO);
    return resources;
  }

  @Override
  public HttpServer apply(HttpServer server) {
    return server
        .requestTimeout(properties.bodyTimeout())
        .doOnChannelInit(
            (observer, channel, remote) ->
                Http1Handlers.add(
                    channel,
                    pipeline -> {
                      pipeline
                          .addAfter(
                              NettyPipeline.HttpCodec,
                              UndecodableRequests.NAME,
                              new UndecodableRequests(problems))
                          .addAfter(
                              NettyPipeline.HttpCodec, LingeringClose.NAME, new LingeringClose());
                      SlowClients.watch(pipeline, properties);
                    }));
  }
}
