package io.parley.gateway.relay;

import io.parley.gateway.edge.Http1Handlers;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.stereotype.Component;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/** Puts an {@link UpgradeHandler} into each connection of the public server. */
@Component
final class UpgradeServer implements NettyServerCustomizer {

  @Override
  public HttpServer apply(HttpServer server) {
    return server.doOnChannelInit(
        (observer, channel, remote) ->
            Http1Handlers.add(
                channel,
                pipeline ->
                    pipeline.addAfter(
                        NettyPipeline.HttpCodec, UpgradeHandler.NAME, new UpgradeHandler())));
  }
}
