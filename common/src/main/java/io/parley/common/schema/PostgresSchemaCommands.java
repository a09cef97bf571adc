package io.parley.common.schema;

import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** As much of a service with a database as {@link SchemaCommand} needs. */
@ImportAutoConfiguration(FlywayAutoConfiguration.class)
public class PostgresSchemaCommands {

  @Bean
  VersionedSchema schema(Flyway flyway, Environment settings) {
    return PostgresSchemaAutoConfiguration.schema(flyway, settings);
  }
}
