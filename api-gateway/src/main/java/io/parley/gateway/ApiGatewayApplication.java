package io.parley.gateway;

import io.parley.common.access.AccessAutoConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * The fleet's shared secret is not wanted here: of the token checks in common, the edge makes only
 * the one that needs public keys, so a break-in at the edge can not mint service tokens.
 */
@SpringBootApplication(exclude = AccessAutoConfiguration.class)
@ConfigurationPropertiesScan
public class ApiGatewayApplication {

  public static void main(String[] args) {
    SpringApplication.run(ApiGatewayApplication.class, args);
  }
}
