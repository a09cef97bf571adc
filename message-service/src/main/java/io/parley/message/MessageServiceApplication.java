package io.parley.message;

import io.parley.common.schema.SchemaCommand;
import io.parley.message.store.CassandraSchemaCommands;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the message service. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class MessageServiceApplication {

  public static void main(String[] args) {
    SchemaCommand.runIfAsked(CassandraSchemaCommands.class, args);
    SpringApplication.run(MessageServiceApplication.class, args);
  }
}
