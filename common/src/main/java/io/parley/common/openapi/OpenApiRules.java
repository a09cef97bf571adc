package io.parley.common.openapi;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What every operation of every service's document has: each service's tests hold it to this. */
public final class OpenApiRules {

  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  private OpenApiRules() {}

  /** One line for each fault; none when the document is as it should be. */
  public static List<String> faults(JsonNode document) {
    List<String> faults = new ArrayList<>();
    if (!document.path("openapi").asString("").startsWith("3.1.")) {
      faults.add("it is not OpenAPI 3.1");
    }
    if (document.path("paths").isEmpty()) {
      faults.add("it has no paths");
    }
    Set<String> tags = new HashSet<>();
    for (JsonNode tag : document.path("tags")) {
      if (!tag.path("description").asString("").isBlank()) {
        tags.add(tag.path("name").asString());
      }
    }
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      if (!path.getKey().startsWith("/api/v1/")) {
        faults.add(path.getKey() + " is not public");
      }
      for (Map.Entry<String, JsonNode> one : path.getValue().properties()) {
        if (METHODS.contains(one.getKey())) {
          String name = one.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
          operation(name, one.getValue(), faults);
          JsonNode tag = one.getValue().at("/tags/0");
          if (!tags.contains(tag.asString(""))) {
            faults.add(name + " has no tag with a description: @Tag at its controller");
          }
        }
      }
    }
    return faults;
  }

  private static void operation(String name, JsonNode operation, List<String> faults) {
    if (operation.path("summary").asString("").isBlank()) {
      faults.add(name + " has no summary");
    }
    JsonNode responses = operation.path("responses");
    JsonNode security = operation.path("security");
    if (!security.isArray()) {
      faults.add(name + " does not say who may call it");
    } else if (!security.isEmpty()) {
      if (operation.path(OperationProblems.SCOPES).isEmpty()) {
        faults.add(name + " names no scope");
      }
      require(name, responses, faults, "401", "403");
    }
    require(name, responses, faults, "400", "429", "503");
    if (operation.has("requestBody")) {
      require(name, responses, faults, "413", "415");
      examples(name + ", its request", operation.path("requestBody").path("content"), faults);
    }
    boolean succeeds = false;
    for (Map.Entry<String, JsonNode> response : responses.properties()) {
      succeeds |= response.getKey().startsWith("2");
      examples(name + ", its " + response.getKey(), response.getValue().path("content"), faults);
    }
    if (!succeeds) {
      faults.add(name + " never succeeds");
    }
    Set<String> headers = new HashSet<>();
    for (JsonNode parameter : operation.path("parameters")) {
      if (parameter.path("schema").isMissingNode() || parameter.path("name").isMissingNode()) {
        faults.add(name + " has a parameter without a schema");
      }
      if (parameter.path("in").asString("").equals("header")) {
        headers.add(parameter.path("name").asString(""));
      }
    }
    boolean once = has(responses, "409", "idempotency-key-reused");
    if (once != headers.contains("Idempotency-Key")) {
      faults.add(name + " has Idempotency-Key or its problem, not both");
    }
    if (responses.has("412") != headers.contains("If-Match")) {
      faults.add(name + " has If-Match or its problem, not both");
    }
  }

  private static boolean has(JsonNode responses, String status, String slug) {
    return responses
        .path(status)
        .path("content")
        .path("application/problem+json")
        .path("examples")
        .has(slug);
  }

  private static void require(
      String name, JsonNode responses, List<String> faults, String... statuses) {
    for (String status : statuses) {
      JsonNode content = responses.path(status).path("content").path("application/problem+json");
      if (content.path("examples").isEmpty()) {
        faults.add(name + " has no problem " + status);
      }
    }
  }

  private static void examples(String what, JsonNode content, List<String> faults) {
    for (Map.Entry<String, JsonNode> media : content.properties()) {
      boolean json = media.getKey().contains("json");
      if (json && !media.getValue().has("example") && !media.getValue().has("examples")) {
        faults.add(what + " has no example");
      }
      if (media.getKey().contains("*")) {
        faults.add(what + " says " + media.getKey());
      }
    }
  }
}
