package io.parley.message.store;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.parley.common.redis.RedisConnector;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's subscriptions to shard channels. After an interruption the driver brings them back,
 * but not on a Cluster: it names all channels in one SSUBSCRIBE, which Redis takes for one slot
 * only, and it does not follow a slot that moves. There they are asked for again here, one by one,
 * until all are confirmed.
 */
public final class RedisSubscriptions {

  private static final Logger log = LoggerFactory.getLogger(RedisSubscriptions.class);

  /** Long enough for what breaks and moves at once. */
  private static final long RENEW_MILLIS = 100;

  private static final long RETRY_MILLIS = 1_000;
  private static final long CONFIRMED_WITHIN_MILLIS = 10_000;

  private final boolean cluster;
  private final StatefulRedisPubSubConnection<byte[], byte[]> connection;
  private final List<Runnable> lostListeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> backListeners = new CopyOnWriteArrayList<>();

  /** On a Cluster only. */
  private final Set<ByteBuffer> wanted = ConcurrentHashMap.newKeySet();

  private final AtomicBoolean renewing = new AtomicBoolean();

  /** Since the last time that all were subscribed to again. */
  private volatile boolean interrupted;

  private volatile boolean closed;

  RedisSubscriptions(RedisConnector redis) {
    this.cluster = redis.isCluster();
    this.connection = redis.connectPubSub(ByteArrayCodec.INSTANCE);
    redis.addListener(new States());
    if (cluster) {
      redis.onTopologyChange(() -> renewIn(RENEW_MILLIS));
      connection.addListener(
          new RedisPubSubAdapter<>() {
            @Override
            public void sunsubscribed(byte[] channel, long count) {
              // Not by us: the slot has moved.
              if (wanted.contains(ByteBuffer.wrap(channel))) {
                renewIn(RENEW_MILLIS);
              }
            }
          });
    }
  }

  /**
   * @param listener is given channel and message on the driver's event loop: it must only hand over
   */
  public void listen(BiConsumer<byte[], byte[]> listener) {
    connection.addListener(
        new RedisPubSubAdapter<>() {
          @Override
          public void smessage(byte[] channel, byte[] message) {
            listener.accept(channel, message);
          }
        });
  }

  /**
   * Completes when Redis has confirmed it.
   *
   * @throws RedisException while Redis is away
   */
  public CompletableFuture<Void> subscribe(byte[] channel) {
    if (!cluster) {
      return connection.async().ssubscribe(channel).toCompletableFuture();
    }
    ByteBuffer key = ByteBuffer.wrap(channel);
    boolean added = wanted.add(key);
    try {
      return connection
          .async()
          .ssubscribe(channel)
          .toCompletableFuture()
          .whenComplete(
              (done, failure) -> {
                if (failure != null && added) {
                  wanted.remove(key);
                }
              });
    } catch (RedisException e) {
      if (added) {
        wanted.remove(key);
      }
      throw e;
    }
  }

  /**
   * @throws RedisException while Redis is away: there is nothing to unsubscribe from
   */
  public void unsubscribe(byte[] channel) {
    wanted.remove(ByteBuffer.wrap(channel));
    connection.async().sunsubscribe(channel);
  }

  /**
   * Both are called on a thread of the driver: they must only hand over.
   *
   * @param lost nothing is heard from here on; on a Cluster, from one of its nodes
   * @param back the connection is there again, and the subscriptions come back one after the other;
   *     on a Cluster: all are back
   */
  public void onInterruption(Runnable lost, Runnable back) {
    lostListeners.add(lost);
    backListeners.add(back);
  }

  private final class States implements RedisConnectionStateListener {

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> other) {
      if (isOurs(other)) {
        interrupted = true;
        lostListeners.forEach(Runnable::run);
      }
    }

    @Override
    public void onRedisConnected(RedisChannelHandler<?, ?> other, SocketAddress address) {
      if (!isOurs(other)) {
        return;
      }
      if (cluster) {
        // Not the first connection to a node: that is made for a subscription.
        if (interrupted) {
          renewIn(RENEW_MILLIS);
        }
      } else {
        backListeners.forEach(Runnable::run);
      }
    }

    /** On a Cluster there is one for each of its nodes that has a channel of ours. */
    private boolean isOurs(RedisChannelHandler<?, ?> other) {
      return cluster ? other instanceof StatefulRedisPubSubConnection<?, ?> : other == connection;
    }
  }

  private void renewIn(long millis) {
    if (!closed && renewing.compareAndSet(false, true)) {
      Executor later =
          CompletableFuture.delayedExecutor(
              millis, TimeUnit.MILLISECONDS, Thread::startVirtualThread);
      later.execute(this::renew);
    }
  }

  private void renew() {
    renewing.set(false);
    interrupted = false;
    List<CompletableFuture<Void>> confirmations = new ArrayList<>();
    try {
      for (ByteBuffer channel : wanted) {
        confirmations.add(connection.async().ssubscribe(channel.array()).toCompletableFuture());
      }
      CompletableFuture.allOf(confirmations.toArray(CompletableFuture[]::new))
          .get(CONFIRMED_WITHIN_MILLIS, TimeUnit.MILLISECONDS);
      backListeners.forEach(Runnable::run);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      log.warn("subscriptions are not back yet: {}", e.toString());
      renewIn(RETRY_MILLIS);
    }
  }

  void close() {
    closed = true;
    connection.close();
  }
}
