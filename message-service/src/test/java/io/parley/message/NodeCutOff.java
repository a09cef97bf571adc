package io.parley.message;

import io.parley.localstack.TcpProxy;
import java.io.IOException;
import java.net.URI;

/** A node that can be cut off from Redis: to all others it is then as dead as a killed one. */
public final class NodeCutOff implements AutoCloseable {

  private final TcpProxy toRedis;
  private final Nodes.Node node;

  public NodeCutOff() {
    String url = String.valueOf(Nodes.STORES.environment().get("PARLEY_REDIS_URL"));
    URI redis = URI.create(url);
    this.toRedis = TcpProxy.to(redis);
    this.node =
        Nodes.start(
            "PARLEY_REDIS_URL="
                + url.replace(
                    redis.getHost() + ":" + redis.getPort(), "127.0.0.1:" + toRedis.port()));
  }

  public Nodes.Node node() {
    return node;
  }

  /** For good. */
  public void cutOff() {
    toRedis.cut();
  }

  @Override
  public void close() throws IOException {
    node.context().close();
    toRedis.close();
  }
}
