package io.parley.gateway.fleet;

import io.parley.common.nodes.Nodes;
import io.parley.gateway.fleet.FleetStatus.NodeStatus;
import io.parley.gateway.fleet.FleetStatus.ServiceStatus;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks every node of every service at once whether it is ready, at most once a second. */
final class Fleet {

  private static final String READINESS = "/actuator/health/readiness";

  /** Longer than what a node takes to give up on a store that is frozen. */
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(4);

  private static final Duration KEPT = Duration.ofSeconds(1);

  private final Map<String, Nodes> services;
  private final HttpClient http;
  private final JsonMapper json;
  private final Mono<FleetStatus> status;

  Fleet(Map<String, Nodes> services, HttpClient http, JsonMapper json) {
    this.services = services;
    this.http = http.responseTimeout(ANSWERS_WITHIN);
    this.json = json;
    this.status = Mono.defer(this::ask).cache(KEPT);
  }

  Mono<FleetStatus> status() {
    return status;
  }

  private Mono<FleetStatus> ask() {
    return Flux.fromIterable(services.entrySet())
        .flatMapSequential(
            service -> ask(service.getValue()).map(s -> Map.entry(service.getKey(), s)))
        .collectMap(Map.Entry::getKey, Map.Entry::getValue, LinkedHashMap::new)
        .map(FleetStatus::of);
  }

  private Mono<ServiceStatus> ask(Nodes nodes) {
    List<URI> sorted = nodes.all().stream().sorted(Comparator.naturalOrder()).toList();
    return Flux.fromIterable(sorted)
        .flatMapSequential(this::ask)
        .collectList()
        .map(ServiceStatus::of);
  }

  private Mono<NodeStatus> ask(URI node) {
    return http.get()
        .uri(node + READINESS)
        .responseSingle(
            (response, body) ->
                body.asString()
                    .defaultIfEmpty("")
                    .map(text -> read(node, response.status().code(), text)))
        .timeout(ANSWERS_WITHIN)
        .onErrorResume(error -> Mono.just(silent(node, error)));
  }

  private static NodeStatus silent(URI node, Throwable error) {
    return new NodeStatus(
        node.toString(), false, "UNREACHABLE", Map.of("connection", String.valueOf(error)));
  }

  private NodeStatus read(URI node, int code, String body) {
    JsonNode health;
    try {
      health = json.readTree(body);
    } catch (JacksonException e) {
      return new NodeStatus(
          node.toString(), false, "UNKNOWN", Map.of("answer", code + " without a health"));
    }
    String status = health.path("status").asString("UNKNOWN");
    Map<String, String> why = new TreeMap<>();
    for (Map.Entry<String, JsonNode> part : health.path("components").properties()) {
      String told = part.getValue().path("status").asString("UNKNOWN");
      if (!told.equals(FleetStatus.UP)) {
        String error = error(part.getValue());
        why.put(part.getKey(), error == null ? told : told + ": " + error);
      }
    }
    return new NodeStatus(node.toString(), code == 200, status, why);
  }

  private static @Nullable String error(JsonNode component) {
    return component.path("details").path("error").asString(null);
  }
}
