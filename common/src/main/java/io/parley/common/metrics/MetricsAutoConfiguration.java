package io.parley.common.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * For every process that has a registry: its name in each meter, and histograms for what the
 * libraries time. Which instance it is, the scrape adds.
 */
@AutoConfiguration
@ConditionalOnClass(MeterRegistry.class)
public class MetricsAutoConfiguration {

  /** The label that says which service a meter is of. */
  public static final String SERVICE = "service";

  /** Timers of the libraries that dashboards and alerts take quantiles of. */
  private static final Map<String, double[]> HISTOGRAMS =
      Map.of(
          "http.server.requests", nanos(MeterSpec.PATIENCE),
          "spring.rabbitmq.listener", nanos(MeterSpec.PATIENCE));

  @Bean
  MeterFilter parleyServiceLabel(Environment environment) {
    return MeterFilter.commonTags(
        Tags.of(SERVICE, environment.getProperty("spring.application.name", "unknown")));
  }

  @Bean
  MeterFilter parleyHistograms() {
    return new MeterFilter() {
      @Override
      public DistributionStatisticConfig configure(
          Meter.Id id, DistributionStatisticConfig config) {
        double[] buckets = HISTOGRAMS.get(id.getName());
        return buckets == null
            ? config
            : DistributionStatisticConfig.builder()
                .serviceLevelObjectives(buckets)
                .build()
                .merge(config);
      }
    };
  }

  private static double[] nanos(List<Duration> buckets) {
    return buckets.stream().mapToDouble(Duration::toNanos).toArray();
  }
}
