package io.parley.message.store;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/**
 * Reads one row as the log is read, of as many replicas. Spring Boot's own check asks the driver
 * which nodes it thinks are up, and the driver takes half a minute to doubt one that is frozen.
 */
@Component("cassandraHealthIndicator")
class CassandraHealthIndicator extends AbstractHealthIndicator {

  private final CqlSession session;
  private final PreparedStatement read;

  CassandraHealthIndicator(CqlSession session) {
    this.session = session;
    this.read =
        session.prepare(
            "SELECT epoch FROM log_epochs WHERE conversation_id = 00000000-0000-0000-0000-000000000000");
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    session.execute(read.bind());
    health.up().withDetail("nodes", session.getMetadata().getNodes().size());
  }
}
