package io.parley.common.schema;

import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** For services with a database: {@code parley.migrate} decides what a start does about it. */
@AutoConfiguration
@ConditionalOnClass({Flyway.class, FlywayMigrationStrategy.class})
class PostgresSchemaAutoConfiguration {

  @Bean
  FlywayMigrationStrategy flywayMigrationStrategy(Environment settings) {
    return flyway -> SchemaStart.prepare(schema(flyway, settings), settings);
  }

  static PostgresSchema schema(Flyway flyway, Environment settings) {
    return new PostgresSchema(flyway, settings.getRequiredProperty("spring.datasource.url"));
  }
}
