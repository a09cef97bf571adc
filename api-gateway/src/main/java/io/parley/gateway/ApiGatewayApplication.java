package io.parley.gateway;

import io.parley.common.access.AccessAutoConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * The access checks of the services are not wanted here: the edge has its own, which accept no
 * service tokens and hand none out.
 */
@SpringBootApplication(exclude = AccessAutoConfiguration.class)
@ConfigurationPropertiesScan
public class ApiGatewayApplication {

  public static void main(String[] args) {
    SpringApplication.run(ApiGatewayApplication.class, args);
  }
}
