package io.parley.common.health;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthContributors;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.health.registry.ReactiveHealthContributorRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts every check that is registered, Spring Boot's own too, behind a {@link BoundedHealth}. */
@AutoConfiguration(
    beforeName =
        "org.springframework.boot.amqp.autoconfigure.health.RabbitHealthContributorAutoConfiguration",
    afterName = {
      "org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration",
      "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration"
    })
@ConditionalOnClass(HealthContributorRegistry.class)
@EnableConfigurationProperties(HealthProperties.class)
public class HealthAutoConfiguration {

  @Bean
  SmartInitializingSingleton boundedHealth(
      ObjectProvider<HealthContributorRegistry> registries, HealthProperties properties) {
    return () -> registries.ifAvailable(registry -> bound(registry, properties));
  }

  private static void bound(HealthContributorRegistry registry, HealthProperties properties) {
    List<HealthContributors.Entry> entries = new ArrayList<>();
    registry.forEach(entries::add);
    for (HealthContributors.Entry entry : entries) {
      registry.unregisterContributor(entry.name());
      registry.registerContributor(
          entry.name(), bounded(entry.name(), entry.contributor(), properties));
    }
  }

  private static HealthContributor bounded(
      String name, HealthContributor contributor, HealthProperties properties) {
    if (contributor instanceof HealthIndicator check) {
      return new BoundedHealth(name, check, properties);
    }
    // The parts of a composite, such as several data sources, are optional or not as one.
    Map<String, HealthContributor> parts = new LinkedHashMap<>();
    ((CompositeHealthContributor) contributor)
        .forEach(part -> parts.put(part.name(), bounded(name, part.contributor(), properties)));
    return CompositeHealthContributor.fromMap(parts);
  }

  /** Of processes that serve without a thread for each request: the gateway. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = "reactor.core.publisher.Mono")
  static class Reactive {

    @Bean
    SmartInitializingSingleton boundedReactiveHealth(
        ObjectProvider<ReactiveHealthContributorRegistry> registries, HealthProperties properties) {
      return () -> registries.ifAvailable(registry -> bound(registry, properties));
    }

    private static void bound(
        ReactiveHealthContributorRegistry registry, HealthProperties properties) {
      List<ReactiveHealthContributors.Entry> entries = new ArrayList<>();
      registry.forEach(entries::add);
      for (ReactiveHealthContributors.Entry entry : entries) {
        if (entry.contributor() instanceof ReactiveHealthIndicator check) {
          registry.unregisterContributor(entry.name());
          registry.registerContributor(
              entry.name(), new BoundedReactiveHealth(entry.name(), check, properties));
        }
      }
    }
  }

  /** Of processes that declare queues. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({AmqpAdmin.class, RabbitTemplate.class})
  static class Queues {

    @Bean
    @ConditionalOnBean(RabbitTemplate.class)
    RabbitHealthIndicator rabbitHealthIndicator(RabbitTemplate broker) {
      return new RabbitHealthIndicator(broker);
    }

    @Bean
    QueuesHealthIndicator queueDepthsHealthIndicator(
        ObjectProvider<AmqpAdmin> broker,
        ObjectProvider<Queue> queues,
        ObjectProvider<Declarables> groups,
        HealthProperties properties) {
      return new QueuesHealthIndicator(broker, queues, groups, properties.queueDepth());
    }
  }
}
