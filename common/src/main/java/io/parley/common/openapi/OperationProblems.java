package io.parley.common.openapi;

import io.parley.common.access.RequiresScope;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemType;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.servers.Server;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.StringUtils;
import org.springframework.web.method.HandlerMethod;

/** Who may call an operation, and every refusal that it can answer. */
final class OperationProblems implements GlobalOperationCustomizer, GlobalOpenApiCustomizer {

  /** The extension that names the scopes that an operation needs. */
  static final String SCOPES = "x-scopes";

  private static final String PROBLEM_JSON = "application/problem+json";
  private static final String SCHEMA = "Problem";

  private final ProblemCatalogue catalogue;

  OperationProblems(ProblemCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** The service's own address is nobody's business: clients come through the gateway. */
  @Override
  public void customise(OpenAPI document) {
    document.setServers(List.of(new Server().url("/").description("the gateway")));
    if (document.getComponents() == null) {
      document.setComponents(new Components());
    }
    document.getComponents().addSchemas(SCHEMA, schema());
  }

  private static Schema<?> schema() {
    return new ObjectSchema()
        .description("RFC 9457. Further members depend on the problem.")
        .addProperty("type", new StringSchema().format("uri"))
        .addProperty("title", new StringSchema())
        .addProperty("status", new IntegerSchema())
        .addProperty("detail", new StringSchema())
        .addProperty("instance", new StringSchema().format("uri-reference"))
        .addProperty(
            "errors",
            new ArraySchema()
                .description("of `invalid-request`: what is wrong where")
                .items(
                    new ObjectSchema()
                        .addProperty("field", new StringSchema())
                        .addProperty("message", new StringSchema())))
        .addProperty(
            "scope", new StringSchema().description("of `insufficient-scope`: the one needed"))
        .addProperty(
            "limiter", new StringSchema().description("of `rate-limited`: which limit it is"))
        .addProperty("retryAfter", new IntegerSchema().description("in seconds"))
        .additionalProperties(true)
        .required(List.of("type", "title", "status"));
  }

  @Override
  public Operation customize(Operation operation, HandlerMethod method) {
    String feature = method.getBeanType().getSimpleName().replace("Controller", "");
    // Unique in a service, so that generated clients keep their methods' names.
    operation.setOperationId(
        StringUtils.uncapitalize(feature) + StringUtils.capitalize(method.getMethod().getName()));
    RequiresScope scope = scope(method);
    // Scopes in a requirement are OAuth's; tools take any other for a mistake.
    operation.setSecurity(
        scope == null
            ? List.of()
            : List.of(new SecurityRequirement().addList(OpenApiAutoConfiguration.BEARER)));
    String needs = "Needs no token.";
    if (scope != null) {
      operation.addExtension(SCOPES, List.of(scope.value().value()));
      needs = "Needs a token with the scope `" + scope.value().value() + "`.";
    }
    String description = operation.getDescription();
    operation.setDescription(description == null ? needs : description + "\n\n" + needs);
    ApiResponses responses = operation.getResponses();
    byStatus(operation, method, scope)
        .forEach(
            (status, types) ->
                responses.addApiResponse(
                    status.toString(),
                    response(types, scope == null ? "" : scope.value().value())));
    return operation;
  }

  private static @Nullable RequiresScope scope(HandlerMethod method) {
    RequiresScope scope = method.getMethodAnnotation(RequiresScope.class);
    return scope != null
        ? scope
        : AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), RequiresScope.class);
  }

  private Map<Integer, List<ProblemType>> byStatus(
      Operation operation, HandlerMethod method, @Nullable RequiresScope scope) {
    Set<ProblemType> types = new LinkedHashSet<>();
    types.add(CommonProblem.INVALID_REQUEST);
    if (scope != null) {
      types.add(CommonProblem.UNAUTHENTICATED);
      types.add(CommonProblem.TOKEN_EXPIRED);
      types.add(CommonProblem.INSUFFICIENT_SCOPE);
    }
    if (operation.getRequestBody() != null) {
      types.add(CommonProblem.BODY_TOO_LARGE);
      types.add(CommonProblem.UNSUPPORTED_MEDIA_TYPE);
    }
    types.add(CommonProblem.RATE_LIMITED);
    types.add(CommonProblem.STORE_UNAVAILABLE);
    Refuses refuses = method.getMethodAnnotation(Refuses.class);
    if (refuses != null) {
      for (String slug : refuses.value()) {
        types.add(catalogue.get(slug, method));
      }
    }
    Map<Integer, List<ProblemType>> byStatus = new TreeMap<>();
    for (ProblemType type : types) {
      byStatus.computeIfAbsent(type.status().value(), status -> new ArrayList<>()).add(type);
    }
    return byStatus;
  }

  private static ApiResponse response(List<ProblemType> types, String scope) {
    MediaType content =
        new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + SCHEMA));
    StringBuilder description = new StringBuilder();
    for (ProblemType type : types) {
      content.addExamples(
          type.slug(), new Example().summary(type.title()).value(example(type, scope)));
      description
          .append(description.isEmpty() ? "" : "; ")
          .append('`')
          .append(type.slug())
          .append("`: ")
          .append(type.title());
    }
    ApiResponse response =
        new ApiResponse()
            .description(description.toString())
            .content(new Content().addMediaType(PROBLEM_JSON, content));
    int status = types.getFirst().status().value();
    if (status == 401 || types.contains(CommonProblem.INSUFFICIENT_SCOPE)) {
      response.addHeaderObject("WWW-Authenticate", new Header().schema(new StringSchema()));
    }
    if (status == 429 || status == 503) {
      response.addHeaderObject(
          "Retry-After", new Header().description("in seconds").schema(new IntegerSchema()));
    }
    return response;
  }

  private static Map<String, Object> example(ProblemType type, String scope) {
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("type", type.type().toString());
    problem.put("title", type.title());
    problem.put("status", type.status().value());
    problem.put("detail", type.title());
    if (type == CommonProblem.INSUFFICIENT_SCOPE) {
      problem.put("scope", scope);
    } else if (type == CommonProblem.RATE_LIMITED) {
      problem.put("limiter", "user");
      problem.put("retryAfter", 3);
    } else if (type == CommonProblem.INVALID_REQUEST) {
      problem.put("errors", List.of(Map.of("field", "name", "message", "must not be null")));
    }
    return problem;
  }
}
