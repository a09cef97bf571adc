package io.parley.common.openapi;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * An example for each JSON body that has none, put together from its schema. A member's value is,
 * in this order: its own ({@code @Schema(example)}), the one of {@code openapi/examples.json} of
 * the service or of common under {@code Schema.member} or {@code member}, the first of an enum's
 * words, or what its type and format allow.
 */
final class OperationExamples implements GlobalOpenApiCustomizer {

  private static final String REF = "#/components/schemas/";
  private static final int MAX_DEPTH = 6;

  private final Map<String, Object> known = new LinkedHashMap<>();

  OperationExamples() {
    read("/io/parley/common/openapi/examples.json");
    read("/openapi/examples.json");
  }

  private void read(String resource) {
    try (InputStream in = OperationExamples.class.getResourceAsStream(resource)) {
      if (in != null) {
        known.putAll(
            JsonMapper.shared().readValue(in, new TypeReference<Map<String, Object>>() {}));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void customise(OpenAPI document) {
    if (document.getPaths() == null) {
      return;
    }
    for (Operation operation :
        document.getPaths().values().stream().flatMap(p -> p.readOperations().stream()).toList()) {
      if (operation.getRequestBody() != null) {
        fill(document, operation.getRequestBody().getContent());
      }
      operation.getResponses().values().forEach(response -> fill(document, response.getContent()));
    }
  }

  private void fill(OpenAPI document, @Nullable Content content) {
    if (content == null) {
      return;
    }
    for (Map.Entry<String, MediaType> one : content.entrySet()) {
      MediaType media = one.getValue();
      if (one.getKey().equals("application/json")
          && media.getSchema() != null
          && media.getExample() == null
          && media.getExamples() == null) {
        media.setExample(value(document, media.getSchema(), "", new HashSet<>(), 0));
      }
    }
  }

  private @Nullable Object value(
      OpenAPI document, Schema<?> schema, String name, Set<String> open, int depth) {
    if (schema.get$ref() != null) {
      String ref = schema.get$ref().substring(REF.length());
      Schema<?> target = document.getComponents().getSchemas().get(ref);
      if (target == null || depth > MAX_DEPTH || !open.add(ref)) {
        return Map.of();
      }
      try {
        return known.containsKey(ref)
            ? known.get(ref)
            : value(document, target, ref, open, depth + 1);
      } finally {
        open.remove(ref);
      }
    }
    if (schema.getExample() != null) {
      return schema.getExample();
    }
    if (schema.getEnum() != null && !schema.getEnum().isEmpty()) {
      return schema.getEnum().getFirst();
    }
    List<Schema> parts = new ArrayList<>();
    for (@Nullable List<Schema> some :
        List.of(orNone(schema.getOneOf()), orNone(schema.getAnyOf()), orNone(schema.getAllOf()))) {
      parts.addAll(orNone(some));
    }
    if (!parts.isEmpty()) {
      return value(document, parts.getFirst(), name, open, depth + 1);
    }
    if (schema.getProperties() != null) {
      return members(document, schema, name, open, depth);
    }
    return plain(document, schema, name, open, depth);
  }

  private Map<String, Object> members(
      OpenAPI document, Schema<?> schema, String name, Set<String> open, int depth) {
    Map<String, Object> members = new LinkedHashMap<>();
    schema
        .getProperties()
        .forEach(
            (member, type) -> {
              String full = name + "." + member;
              Object value =
                  type.getExample() != null
                      ? type.getExample()
                      : known.containsKey(full)
                          ? known.get(full)
                          : known.containsKey(member) && isPlain(type)
                              ? known.get(member)
                              : value(document, type, member, open, depth + 1);
              // What may be missing altogether; a reference has no null.
              if (value != null || type.get$ref() == null) {
                members.put(member, value);
              }
            });
    return members;
  }

  /** A common name says nothing about an object or a list of them. */
  private static boolean isPlain(Schema<?> schema) {
    return schema.get$ref() == null
        && schema.getItems() == null
        && schema.getEnum() == null
        && schema.getProperties() == null;
  }

  private @Nullable Object plain(
      OpenAPI document, Schema<?> schema, String name, Set<String> open, int depth) {
    String type = type(schema);
    String format = schema.getFormat() == null ? "" : schema.getFormat();
    return switch (type) {
      case "array" ->
          schema.getItems() == null
              ? List.of()
              : List.of(orEmpty(value(document, schema.getItems(), name, open, depth + 1)));
      case "integer", "number" -> schema.getMinimum() == null ? 1 : schema.getMinimum();
      case "boolean" -> true;
      case "string" ->
          switch (format) {
            case "uuid" -> "018f3c6e-1a2b-7c3d-8e4f-5a6b7c8d9e0f";
            case "date-time" -> "2026-03-01T09:30:12.345Z";
            case "uri" -> "https://chat.example.org/";
            default -> "text";
          };
      default -> Map.of();
    };
  }

  private static String type(Schema<?> schema) {
    if (schema.getType() != null) {
      return schema.getType();
    }
    // OpenAPI 3.1 has a list of types, one of which may be "null".
    return schema.getTypes() == null
        ? ""
        : schema.getTypes().stream().filter(one -> !one.equals("null")).findFirst().orElse("");
  }

  @SuppressWarnings("rawtypes")
  private static List<Schema> orNone(@Nullable List<Schema> some) {
    return some == null ? List.of() : some;
  }

  private static Object orEmpty(@Nullable Object value) {
    return value == null ? Map.of() : value;
  }
}
