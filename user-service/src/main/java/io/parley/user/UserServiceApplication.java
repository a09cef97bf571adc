package io.parley.user;

import io.parley.common.deadletters.DeadLettersConfiguration;
import io.parley.common.schema.PostgresSchemaCommands;
import io.parley.common.schema.SchemaCommand;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Import;

@SpringBootApplication
@ConfigurationPropertiesScan
@Import(DeadLettersConfiguration.class)
class UserServiceApplication {

  public static void main(String[] args) {
    SchemaCommand.runIfAsked(PostgresSchemaCommands.class, args);
    SpringApplication.run(UserServiceApplication.class, args);
  }
}
