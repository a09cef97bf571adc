package io.parley.group;

import io.parley.common.schema.PostgresSchemaCommands;
import io.parley.common.schema.SchemaCommand;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

@SpringBootApplication
@ConfigurationPropertiesScan
public class GroupServiceApplication {

  public static void main(String[] args) {
    SchemaCommand.runIfAsked(PostgresSchemaCommands.class, args);
    SpringApplication.run(GroupServiceApplication.class, args);
  }
}
