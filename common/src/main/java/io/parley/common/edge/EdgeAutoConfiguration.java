package io.parley.common.edge;

import io.parley.common.access.AccessAutoConfiguration;
import io.parley.common.access.AccessProperties;
import io.parley.common.access.AccessTokens;
import io.parley.common.access.ServiceTokens;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.util.unit.DataSize;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Request ids, body limit, token check, strict JSON and problems for the servlet services. */
@AutoConfiguration(after = AccessAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public class EdgeAutoConfiguration implements WebMvcConfigurer {

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(new CallerArgumentResolver());
  }

  private final AccessProperties access;

  EdgeAutoConfiguration(AccessProperties access) {
    this.access = access;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry
        .addInterceptor(new ScopeInterceptor())
        .addPathPatterns("/api/**")
        .excludePathPatterns(access.publicPaths());
    registry.addInterceptor(new CallerInterceptor()).addPathPatterns("/internal/**");
  }

  @Bean
  ProblemAdvice problemAdvice() {
    return new ProblemAdvice();
  }

  @Bean
  FilterRegistrationBean<RequestIdFilter> requestIdFilter() {
    return ordered(new RequestIdFilter(), 0);
  }

  @Bean
  FilterRegistrationBean<AccessFilter> accessFilter(
      AccessTokens accessTokens,
      ServiceTokens serviceTokens,
      AccessProperties properties,
      JsonMapper json) {
    return ordered(
        new AccessFilter(
            accessTokens, serviceTokens, properties.publicPaths(), new ProblemResponses(json)),
        1);
  }

  @Bean
  FilterRegistrationBean<BodyLimitFilter> bodyLimitFilter(
      @Value("${parley.edge.max-body:64KB}") DataSize maxBody,
      @Value("${parley.edge.upload-max-body:1MB}") DataSize maxUpload,
      @Value("${parley.edge.upload-paths:}") List<String> uploadPaths,
      JsonMapper json) {
    return ordered(
        new BodyLimitFilter(
            maxBody.toBytes(), maxUpload.toBytes(), uploadPaths, new ProblemResponses(json)),
        2);
  }

  /** A mistyped member is an error the client should see, not a value to guess. */
  @Bean
  JsonMapperBuilderCustomizer strictJson() {
    return builder ->
        builder
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                LogicalType.Textual,
                text ->
                    text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .withCoercionConfig(
                LogicalType.Enum,
                word -> word.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail));
  }

  private static <F extends jakarta.servlet.Filter> FilterRegistrationBean<F> ordered(
      F filter, int order) {
    FilterRegistrationBean<F> registration = new FilterRegistrationBean<>(filter);
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 10 + order);
    return registration;
  }
}
