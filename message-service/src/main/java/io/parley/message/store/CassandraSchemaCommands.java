package io.parley.message.store;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import io.parley.common.schema.VersionedSchema;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.cassandra.autoconfigure.CassandraAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** As much of the service as {@link io.parley.common.schema.SchemaCommand} needs. */
@ImportAutoConfiguration({SslAutoConfiguration.class, CassandraAutoConfiguration.class})
@Import(CassandraSchema.class)
@EnableConfigurationProperties(CassandraStoreProperties.class)
public class CassandraSchemaCommands {

  @Bean(destroyMethod = "close")
  CqlSession migrationSession(CqlSessionBuilder builder) {
    return builder.build();
  }

  @Bean
  VersionedSchema schema(
      @Qualifier("migrationSession") CqlSession session, CassandraStoreProperties properties) {
    return CassandraSchema.migrations(session, properties);
  }
}
