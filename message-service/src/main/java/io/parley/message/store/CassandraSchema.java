package io.parley.message.store;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.cassandra.autoconfigure.DriverConfigLoaderBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Opens the session and brings the keyspace up to date first: the files {@code cql/NNN-name.cql}
 * are applied once each, in the order of their names, and noted in {@code schema_migrations}. One
 * node at a time does this, under a lock row that expires by itself should the node die. Each
 * statement must be repeatable (IF NOT EXISTS), as a file that broke off half way is run again.
 */
@Configuration(proxyBeanMethods = false)
class CassandraSchema {

  private static final Logger log = LoggerFactory.getLogger(CassandraSchema.class);
  private static final Pattern KEYSPACE = Pattern.compile("[a-z][a-z0-9_]{0,47}");
  private static final int LOCK_SECONDS = 120;

  @Bean
  DriverConfigLoaderBuilderCustomizer driverOptions() {
    return options ->
        options
            .withDuration(
                DefaultDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, Duration.ofSeconds(20))
            // By default each DDL statement waits a second for more of them.
            .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, Duration.ofMillis(10))
            .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(5));
  }

  /**
   * @param builders a new one each time, with all that {@code spring.cassandra} says
   */
  @Bean(destroyMethod = "close")
  CqlSession cqlSession(
      ObjectProvider<CqlSessionBuilder> builders, CassandraStoreProperties properties) {
    if (!KEYSPACE.matcher(properties.keyspace()).matches()) {
      throw new IllegalArgumentException("not a keyspace name: " + properties.keyspace());
    }
    try (CqlSession session = builders.getObject().build()) {
      ddl(
          session,
          "CREATE KEYSPACE IF NOT EXISTS "
              + properties.keyspace()
              + " WITH replication = "
              + properties.replication());
    }
    CqlSession session = builders.getObject().withKeyspace(properties.keyspace()).build();
    migrate(session);
    return session;
  }

  private static void migrate(CqlSession session) {
    ddl(session, "CREATE TABLE IF NOT EXISTS schema_migrations (file text PRIMARY KEY)");
    ddl(session, "CREATE TABLE IF NOT EXISTS schema_lock (name text PRIMARY KEY, owner uuid)");
    UUID me = UUID.randomUUID();
    lock(session, me);
    try {
      Set<String> done = new HashSet<>();
      for (Row row : session.execute("SELECT file FROM schema_migrations")) {
        done.add(row.getString("file"));
      }
      Resource[] files =
          new PathMatchingResourcePatternResolver().getResources("classpath:cql/*.cql");
      Arrays.sort(files, (a, b) -> name(a).compareTo(name(b)));
      for (Resource file : files) {
        if (!done.contains(name(file))) {
          log.info("migrating the keyspace: {}", name(file));
          for (String statement :
              file.getContentAsString(StandardCharsets.UTF_8).split(";\\s*(\n|$)")) {
            if (!statement.isBlank()) {
              ddl(session, statement);
            }
          }
          session.execute("INSERT INTO schema_migrations (file) VALUES (?)", name(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      session.execute("DELETE FROM schema_lock WHERE name = 'migration' IF owner = ?", me);
    }
  }

  private static void lock(CqlSession session, UUID me) {
    for (int second = 0; second < 2 * LOCK_SECONDS; second++) {
      if (session
          .execute(
              "INSERT INTO schema_lock (name, owner) VALUES ('migration', ?) IF NOT EXISTS USING TTL "
                  + LOCK_SECONDS,
              me)
          .wasApplied()) {
        return;
      }
      try {
        Thread.sleep(1000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    throw new IllegalStateException("another node has been migrating the keyspace for too long");
  }

  private static void ddl(CqlSession session, String statement) {
    session.execute(SimpleStatement.newInstance(statement).setTimeout(Duration.ofSeconds(30)));
  }

  private static String name(Resource file) {
    return String.valueOf(file.getFilename());
  }
}
