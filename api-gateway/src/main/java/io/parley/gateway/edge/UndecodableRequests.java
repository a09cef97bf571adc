package io.parley.gateway.edge;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.problems.ProblemType;
import org.springframework.http.MediaType;

/**
 * What is no HTTP request, or too long for one, never becomes an exchange: Reactor Netty answers it
 * with an empty 400, 414 or 431. This handler, one per connection behind the HTTP codec, gives that
 * answer a problem as its body.
 */
final class UndecodableRequests extends ChannelDuplexHandler {

  static final String NAME = "parley.undecodable-requests";

  private final Problems problems;
  private boolean undecodable;

  UndecodableRequests(Problems problems) {
    this.problems = problems;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpObject http && http.decoderResult().isFailure()) {
      undecodable = true;
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (undecodable && message instanceof FullHttpResponse bare && !bare.content().isReadable()) {
      undecodable = false;
      ctx.write(withProblem(bare), promise);
      bare.release();
    } else {
      ctx.write(message, promise);
    }
  }

  private FullHttpResponse withProblem(FullHttpResponse bare) {
    byte[] body = problems.body(new ProblemException(type(bare.status().code())));
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            bare.protocolVersion(), bare.status(), Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(bare.headers())
        .set(HttpHeaderNames.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE)
        .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    return response;
  }

  private static ProblemType type(int status) {
    return switch (status) {
      case 414 -> GatewayProblem.URI_TOO_LONG;
      case 431 -> GatewayProblem.HEADERS_TOO_LARGE;
      default -> CommonProblem.INVALID_REQUEST;
    };
  }
}
