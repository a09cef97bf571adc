package io.parley.common.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;

/**
 * An open connection for commands: those that one server and a Cluster have in common. On a Cluster
 * each command goes to the node that has its key; a command or script with several keys needs them
 * in one slot.
 */
public record RedisLink<K, V>(StatefulConnection<K, V> connection) implements AutoCloseable {

  public RedisClusterAsyncCommands<K, V> async() {
    return connection instanceof StatefulRedisClusterConnection<K, V> cluster
        ? cluster.async()
        : ((StatefulRedisConnection<K, V>) connection).async();
  }

  public RedisClusterCommands<K, V> sync() {
    return connection instanceof StatefulRedisClusterConnection<K, V> cluster
        ? cluster.sync()
        : ((StatefulRedisConnection<K, V>) connection).sync();
  }

  @Override
  public void close() {
    connection.close();
  }
}
