package io.parley.common.openapi;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Schema;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/**
 * Bean Validation wants the whole value to match a pattern, JSON Schema is content with a part of
 * it: so a pattern says where it begins and ends.
 */
final class WholePatterns implements GlobalOpenApiCustomizer {

  @Override
  @SuppressWarnings("rawtypes")
  public void customise(OpenAPI document) {
    if (document.getComponents() != null && document.getComponents().getSchemas() != null) {
      for (Schema<?> model : document.getComponents().getSchemas().values()) {
        Map<String, Schema> members = model.getProperties();
        if (members != null) {
          members.values().forEach(WholePatterns::anchor);
        }
      }
    }
    if (document.getPaths() != null) {
      for (PathItem path : document.getPaths().values()) {
        path.readOperations().forEach(WholePatterns::anchorParameters);
      }
    }
  }

  private static void anchorParameters(Operation operation) {
    if (operation.getParameters() != null) {
      operation.getParameters().forEach(parameter -> anchor(parameter.getSchema()));
    }
  }

  private static void anchor(@Nullable Schema<?> schema) {
    if (schema == null) {
      return;
    }
    String pattern = schema.getPattern();
    if (pattern != null && !pattern.startsWith("^")) {
      schema.setPattern("^(?:" + pattern + ")$");
    }
    anchor(schema.getItems());
  }
}
