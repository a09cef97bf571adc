package io.parley.gateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.function.Consumer;
import reactor.netty.NettyPipeline;

/**
 * Puts handlers behind the HTTP/1.1 codec of a connection. On a TLS connection that codec is there
 * only once client and server have agreed on HTTP/1.1 (ALPN, RFC 7301); on one that becomes HTTP/2
 * it never is, and nothing is put in.
 */
public final class Http1Handlers extends ChannelInboundHandlerAdapter {

  private final Consumer<ChannelPipeline> handlers;

  private Http1Handlers(Consumer<ChannelPipeline> handlers) {
    this.handlers = handlers;
  }

  /**
   * @param handlers gets a pipeline with {@link NettyPipeline#HttpCodec}
   */
  public static void add(Channel channel, Consumer<ChannelPipeline> handlers) {
    ChannelPipeline pipeline = channel.pipeline();
    if (pipeline.get(NettyPipeline.HttpCodec) != null) {
      handlers.accept(pipeline);
    } else if (pipeline.get(NettyPipeline.H2OrHttp11Codec) != null) {
      pipeline.addAfter(NettyPipeline.H2OrHttp11Codec, null, new Http1Handlers(handlers));
    }
  }

  /** Passed on by the negotiation once it has put the codec in, and before any byte of HTTP. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent) {
      ChannelPipeline pipeline = ctx.pipeline();
      if (pipeline.get(NettyPipeline.HttpCodec) != null) {
        handlers.accept(pipeline);
      }
      pipeline.remove(this);
    }
    ctx.fireUserEventTriggered(event);
  }
}
