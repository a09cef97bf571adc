package io.parley.common.postgres;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param replicaUrl JDBC, without a database, as the primary's; empty: there is none
 * @param replicaLag a replica that is further behind is not read; who wrote something does not read
 *     from it for so long
 */
@ConfigurationProperties("parley.postgres")
record ReplicaProperties(
    @DefaultValue("") String replicaUrl, @DefaultValue("5s") Duration replicaLag) {

  boolean hasReplica() {
    return !replicaUrl.isBlank();
  }
}
