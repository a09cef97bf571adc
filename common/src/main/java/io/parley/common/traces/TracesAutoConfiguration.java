package io.parley.common.traces;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** {@link Traces} for every process, on or off. */
@AutoConfiguration
@EnableConfigurationProperties(TraceProperties.class)
public class TracesAutoConfiguration {

  @Bean
  Traces traces(TraceProperties properties, @Value("${spring.application.name}") String service) {
    return properties.isOn() ? new OpenTelemetryTraces(properties, service) : Traces.OFF;
  }
}
