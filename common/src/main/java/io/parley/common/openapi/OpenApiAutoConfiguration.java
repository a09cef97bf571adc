package io.parley.common.openapi;

import io.parley.common.access.Caller;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Contact;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.security.SecurityScheme;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.PropertySource;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The description of the servlet services' public API. */
@AutoConfiguration(beforeName = "org.springdoc.core.configuration.SpringDocConfiguration")
@ConditionalOnClass({GlobalOperationCustomizer.class, RequestMappingHandlerMapping.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@PropertySource("classpath:/io/parley/common/openapi/openapi.properties")
public class OpenApiAutoConfiguration {

  static final String BEARER = "bearer";

  static {
    SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class);
  }

  @Bean
  OpenAPI openApi(@Value("${spring.application.name}") String service) {
    return new OpenAPI()
        .info(
            new Info()
                .title("Parley, " + service)
                .description(
                    "Refusals are problems (RFC 9457): match on the last part of `type`. Any answer"
                        + " may get new members.")
                .contact(new Contact().name("Parley"))
                .license(new License().name("MIT").identifier("MIT"))
                .version("v1"))
        .schemaRequirement(
            BEARER,
            new SecurityScheme()
                .type(SecurityScheme.Type.HTTP)
                .scheme("bearer")
                .bearerFormat("JWT, or a personal access token")
                .description("An operation says in `x-scopes` which scopes it needs."));
  }

  @Bean
  RecordSchemas recordSchemas() {
    return new RecordSchemas();
  }

  @Bean
  ProblemCatalogue problemCatalogue() {
    return new ProblemCatalogue();
  }

  @Bean
  OperationProblems operationProblems(ProblemCatalogue catalogue) {
    return new OperationProblems(catalogue);
  }

  @Bean
  WholePatterns wholePatterns() {
    return new WholePatterns();
  }

  @Bean
  OperationExamples operationExamples() {
    return new OperationExamples();
  }

  /** A slug that is none would be found by whoever reads the document: better by the start. */
  @Bean
  SmartInitializingSingleton refusalsCheck(
      ProblemCatalogue catalogue,
      @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mapping) {
    return () -> {
      for (HandlerMethod method : mapping.getHandlerMethods().values()) {
        Refuses refuses = method.getMethodAnnotation(Refuses.class);
        if (refuses != null) {
          for (String slug : refuses.value()) {
            catalogue.get(slug, method);
          }
        }
      }
    };
  }
}
