package io.parley.notification;

import io.parley.common.deadletters.DeadLettersConfiguration;
import io.parley.common.schema.PostgresSchemaCommands;
import io.parley.common.schema.SchemaCommand;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Devices, push and the consumer of missed messages, in one process. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
@Import(DeadLettersConfiguration.class)
public class NotificationService {

  public static void main(String[] args) {
    SchemaCommand.runIfAsked(PostgresSchemaCommands.class, args);
    SpringApplication.run(NotificationService.class, args);
  }
}
