package io.parley.common.postgres;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;

/**
 * With {@code parley.postgres.replica-url} the service's data source takes a connection only at the
 * first statement, and by then knows whether the transaction is read-only. Flyway has connections
 * of its own, and what runs without a transaction counts as a write: both stay on the primary.
 */
@AutoConfiguration
@ConditionalOnClass({HikariDataSource.class, LazyConnectionDataSourceProxy.class})
@EnableConfigurationProperties(ReplicaProperties.class)
public class PostgresAutoConfiguration {

  @Bean
  RecentWriters recentWriters(ReplicaProperties properties) {
    // Until the next look a replica counts as it was at the last one.
    return new RecentWriters(properties.replicaLag().plus(Replica.LOOK_EACH.multipliedBy(2)));
  }

  @Bean
  ReplicaReads replicaReads(RecentWriters writers) {
    return new ReplicaReads(writers);
  }

  @Bean
  static BeanPostProcessor replicaRouting(
      ObjectProvider<ReplicaProperties> properties, ObjectProvider<ReplicaReads> reads) {
    return new BeanPostProcessor() {

      @Override
      public Object postProcessAfterInitialization(Object bean, String name) {
        if (!(bean instanceof HikariDataSource primary) || !properties.getObject().hasReplica()) {
          return bean;
        }
        ReplicaProperties replica = properties.getObject();
        String database = primary.getJdbcUrl().substring(primary.getJdbcUrl().lastIndexOf('/'));
        LazyConnectionDataSourceProxy routing = new LazyConnectionDataSourceProxy();
        routing.setTargetDataSource(primary);
        routing.setReadOnlyDataSource(
            reads
                .getObject()
                .over(
                    primary,
                    new Replica(primary, replica.replicaUrl() + database, replica.replicaLag())));
        routing.setDefaultAutoCommit(true);
        routing.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        return routing;
      }
    };
  }
}
