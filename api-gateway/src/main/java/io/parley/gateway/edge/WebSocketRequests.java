package io.parley.gateway.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;

/** Requests after which a connection is HTTP no more, or ends. */
public final class WebSocketRequests {

  private WebSocketRequests() {}

  public static boolean isUpgrade(HttpRequest request) {
    return request.decoderResult().isSuccess()
        && request.method().equals(HttpMethod.GET)
        && request
            .headers()
            .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
        && HttpUtil.getContentLength(request, 0L) == 0
        && !HttpUtil.isTransferEncodingChunked(request);
  }
}
