package io.parley.common.traces;

import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.amqp.autoconfigure.RabbitTemplateCustomizer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Where there is a collector: what comes to a servlet service over HTTP, what a service asks
 * another one, and what goes through RabbitMQ. Else nothing is put in anybody's way.
 */
@AutoConfiguration(after = TracesAutoConfiguration.class)
@Conditional(TracedHopsAutoConfiguration.EndpointIsGiven.class)
public class TracedHopsAutoConfiguration {

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  static class Served {

    /** Around all other filters of the edge, the request's id included. */
    @Bean
    FilterRegistrationBean<ServerSpanFilter> serverSpanFilter(Traces traces) {
      FilterRegistrationBean<ServerSpanFilter> registration =
          new FilterRegistrationBean<>(new ServerSpanFilter(traces));
      registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 9);
      return registration;
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(RestClientCustomizer.class)
  static class Asked {

    @Bean
    RestClientCustomizer clientSpans(Traces traces) {
      return builder -> builder.requestInterceptor(new ClientSpans(traces));
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({RabbitTemplate.class, RabbitTemplateCustomizer.class})
  static class Published {

    @Bean
    RabbitTemplateCustomizer producerSpans(Traces traces) {
      return template -> template.addBeforePublishPostProcessors(new ProducerSpans(traces));
    }

    /** A customizer of Boot's would be one of several, of which it takes none. */
    @Bean
    static BeanPostProcessor consumerSpans(ObjectProvider<Traces> traces) {
      return new BeanPostProcessor() {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
          if (bean instanceof AbstractRabbitListenerContainerFactory<?> factory) {
            ConsumerSpans.around(factory, traces);
          }
          return bean;
        }
      };
    }
  }

  static final class EndpointIsGiven extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(
        ConditionContext context, AnnotatedTypeMetadata metadata) {
      boolean given = !context.getEnvironment().getProperty("parley.traces.endpoint", "").isBlank();
      return new ConditionOutcome(
          given, ConditionMessage.of("parley.traces.endpoint is " + (given ? "set" : "empty")));
    }
  }
}
