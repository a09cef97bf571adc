package io.parley.common.openapi;

import com.fasterxml.jackson.databind.JavaType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.UUIDSchema;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An id is a record around one UUID, and a string on the wire. Members of other records may be null
 * where the record says so.
 */
final class RecordSchemas implements ModelConverter {

  @Override
  @SuppressWarnings("rawtypes")
  public @Nullable Schema resolve(
      io.swagger.v3.core.converter.AnnotatedType type,
      ModelConverterContext context,
      Iterator<ModelConverter> chain) {
    JavaType java = Json.mapper().constructType(type.getType());
    if (java != null && isId(java.getRawClass())) {
      return new UUIDSchema();
    }
    Schema schema = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
    if (java != null && schema != null && java.getRawClass().isRecord()) {
      String ref = schema.get$ref();
      Schema model =
          ref == null
              ? schema
              : context.getDefinedModels().get(ref.substring(ref.lastIndexOf('/') + 1));
      if (model != null) {
        markNullable(model, java.getRawClass());
      }
    }
    return schema;
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  private static void markNullable(Schema model, Class<?> type) {
    Map<String, Schema> members = model.getProperties();
    for (RecordComponent component : type.getRecordComponents()) {
      Schema member = members == null ? null : members.get(component.getName());
      if (member != null) {
        markNullable(member, component.getAnnotatedType());
      }
    }
  }

  @SuppressWarnings("rawtypes")
  private static void markNullable(Schema schema, AnnotatedType type) {
    if (type instanceof AnnotatedParameterizedType container) {
      Object elements =
          schema.getItems() == null ? schema.getAdditionalProperties() : schema.getItems();
      AnnotatedType[] arguments = container.getAnnotatedActualTypeArguments();
      if (elements instanceof Schema element) {
        markNullable(element, arguments[arguments.length - 1]);
      }
    }
    if (schema.get$ref() == null && type.isAnnotationPresent(Nullable.class)) {
      if (schema.getTypes() == null && schema.getType() != null) {
        schema.addType(schema.getType());
      }
      schema.addType("null");
    }
  }

  static boolean isId(Class<?> type) {
    if (!type.isRecord()) {
      return false;
    }
    RecordComponent[] components = type.getRecordComponents();
    return components.length == 1
        && components[0].getName().equals("value")
        && components[0].getType() == UUID.class;
  }
}
