package io.parley.message;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * {@code asyncapi.yaml}, read strictly: where the document lets a client expect more members one
 * day, tests take none that it does not name.
 */
public final class SocketDocument {

  private static final String EVENTS = "/components/messages/";
  private static final SocketDocument DOCUMENT = new SocketDocument();

  private final JsonNode root;
  private final ObjectNode components;
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_7,
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

  private SocketDocument() {
    try (InputStream in = SocketDocument.class.getResourceAsStream("/asyncapi.yaml")) {
      this.root = new YAMLMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.components = (ObjectNode) strict(root.get("components"));
  }

  public static SocketDocument get() {
    return DOCUMENT;
  }

  private static JsonNode strict(JsonNode node) {
    JsonNode copy = node.deepCopy();
    close(copy);
    return copy;
  }

  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("properties").isObject()
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    for (JsonNode child : node) {
      close(child);
    }
  }

  /** What is there, references followed. */
  public JsonNode at(String pointer) {
    return followed(root.at(pointer));
  }

  /** What is there, be it a reference. */
  public JsonNode raw(String pointer) {
    return root.at(pointer);
  }

  private JsonNode followed(JsonNode node) {
    String ref = node.path("$ref").asString("");
    return ref.isEmpty() ? node : at(ref.substring(1));
  }

  /**
   * @throws AssertionError when it is not as the document says
   */
  public void checkEvent(JsonNode event) {
    String type = event.path("type").asString("");
    String pointer = EVENTS + type;
    if (root.at("/channels/events/messages/" + type).isMissingNode()
        || root.at(pointer).isMissingNode()) {
      throw new AssertionError("asyncapi.yaml has no event " + type + ": " + event);
    }
    check(pointer + "/payload", event);
  }

  /**
   * @param pointer to a schema
   * @throws AssertionError when the value is not as that says
   */
  public void check(String pointer, JsonNode value) {
    List<Error> errors = schemas.computeIfAbsent(pointer, this::schema).validate(value);
    if (!errors.isEmpty()) {
      throw new AssertionError(
          "not what asyncapi.yaml says at " + pointer + ": " + errors + "\n" + value);
    }
  }

  private Schema schema(String pointer) {
    ObjectNode schema = JsonMapper.shared().createObjectNode();
    schema.putArray("allOf").add(strict(root.at(pointer)));
    schema.set("components", components);
    return registry.getSchema(schema);
  }
}
