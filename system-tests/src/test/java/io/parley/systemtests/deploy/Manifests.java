package io.parley.systemtests.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The objects of {@code deploy/kubernetes}, each by the type that its {@code kind} names. */
final class Manifests {

  private static final Map<String, Class<? extends HasMetadata>> TYPES =
      Map.of(
          "apps/v1 Deployment", Deployment.class,
          "v1 Service", Service.class,
          "v1 ConfigMap", ConfigMap.class,
          "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
          "autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
          "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
          "networking.k8s.io/v1 Ingress", Ingress.class);

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** An object as it is written and as Kubernetes's types have it. */
  record Manifest(String file, JsonNode written, HasMetadata object) {

    /** The object written out again: what its type does not know is told apart. */
    JsonNode understood() {
      return JSON.valueToTree(object);
    }

    @Override
    public String toString() {
      return file + ": " + object.getKind() + " " + object.getMetadata().getName();
    }
  }

  private Manifests() {}

  static List<String> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the kustomization names, in its order. */
  static List<Manifest> read(Path folder) {
    List<Manifest> all = new ArrayList<>();
    for (String file : resources(folder)) {
      for (JsonNode document : documents(folder.resolve(file))) {
        String type = document.path("apiVersion").asText() + " " + document.path("kind").asText();
        Class<? extends HasMetadata> known = TYPES.get(type);
        if (known == null) {
          throw new IllegalStateException(file + " has a " + type + ", which no test knows");
        }
        try {
          all.add(new Manifest(file, document, JSON.treeToValue(document, known)));
        } catch (JsonProcessingException e) {
          throw new IllegalStateException(file + ": " + e.getMessage(), e);
        }
      }
    }
    return all;
  }

  static List<String> resources(Path folder) {
    List<String> files = new ArrayList<>();
    documents(folder.resolve("kustomization.yaml"))
        .get(0)
        .get("resources")
        .forEach(file -> files.add(file.asText()));
    return files;
  }

  static List<JsonNode> documents(Path file) {
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
      return documents.readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  static <T extends HasMetadata> List<T> all(List<Manifest> manifests, Class<T> type) {
    return manifests.stream()
        .map(Manifest::object)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }
}
