package io.parley.message.store;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import io.parley.common.schema.SchemaStart;
import java.time.Duration;
import java.util.regex.Pattern;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.cassandra.autoconfigure.DriverConfigLoaderBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Opens the session, and has the keyspace brought up to date first. */
@Configuration(proxyBeanMethods = false)
class CassandraSchema {

  /** So long without a word, and then so long without an answer: the connection is ended. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private static final Pattern KEYSPACE = Pattern.compile("[a-z][a-z0-9_]{0,47}");

  @Bean
  DriverConfigLoaderBuilderCustomizer driverOptions() {
    return options ->
        options
            .withDuration(
                DefaultDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, Duration.ofSeconds(20))
            // By default each DDL statement waits a second for more of them.
            .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, Duration.ofMillis(10))
            // The session that migrates is made to use the keyspace once it is there.
            .withBoolean(DefaultDriverOption.REQUEST_WARN_IF_SET_KEYSPACE, false)
            .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(5))
            // A node that is frozen keeps its connections: each request that it is given takes the
            // whole time-out. By default it is doubted after half a minute.
            .withDuration(DefaultDriverOption.HEARTBEAT_INTERVAL, SILENCE)
            .withDuration(DefaultDriverOption.HEARTBEAT_TIMEOUT, SILENCE)
            // By default a session that is closed idles for two seconds, at each start and stop.
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0);
  }

  /**
   * @param builders a new one each time, with all that {@code spring.cassandra} says
   */
  @Bean(destroyMethod = "close")
  CqlSession cqlSession(
      ObjectProvider<CqlSessionBuilder> builders,
      CassandraStoreProperties properties,
      Environment settings) {
    try (CqlSession session = builders.getObject().build()) {
      SchemaStart.prepare(migrations(session, properties), settings);
    }
    return builders.getObject().withKeyspace(properties.keyspace()).build();
  }

  static CassandraMigrations migrations(CqlSession session, CassandraStoreProperties properties) {
    if (!KEYSPACE.matcher(properties.keyspace()).matches()) {
      throw new IllegalArgumentException("not a keyspace name: " + properties.keyspace());
    }
    return new CassandraMigrations(
        session, properties, properties.migrations(), CassandraMigrations.Waits.USUAL);
  }
}
