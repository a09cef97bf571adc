package io.parley.systemtests.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.parley.localstack.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code deploy/kubernetes}: each object is one that Kubernetes knows, and they fit together. */
class KubernetesTest {

  private static final Path FOLDER = Checkout.root().resolve("deploy/kubernetes");
  private static final String NAME = "app.kubernetes.io/name";

  private static final Set<String> SERVICES =
      Set.of(
          "api-gateway",
          "user-service",
          "group-service",
          "message-service",
          "notification-service");

  /** Properties of Spring Boot's own that a service reads without a placeholder. */
  private static final Set<String> OF_SPRING =
      Set.of("SPRING_CASSANDRA_USERNAME", "SPRING_CASSANDRA_PASSWORD");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]+)");

  static List<Manifests.Manifest> manifests() {
    return Manifests.read(FOLDER);
  }

  static List<Deployment> deployments() {
    return Manifests.all(manifests(), Deployment.class);
  }

  @Test
  void kustomizationShouldNameEveryFile() {
    List<String> files = new ArrayList<>(Manifests.resources(FOLDER));
    files.add("kustomization.yaml");
    assertThat(Manifests.files(FOLDER)).containsExactlyInAnyOrderElementsOf(files);
    assertThat(deployments())
        .extracting(deployment -> deployment.getMetadata().getName())
        .containsExactlyInAnyOrderElementsOf(SERVICES);
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void nothingShouldBeWrittenThatItsTypeDoesNotKnow(Manifests.Manifest manifest) {
    List<String> unknown = new ArrayList<>();
    unknownFields(manifest.object(), manifest.toString(), unknown);
    assertThat(unknown).isEmpty();
    List<String> lost = new ArrayList<>();
    lost("", manifest.written(), manifest.understood(), lost);
    assertThat(lost).as("written, but not understood").isEmpty();
  }

  /** Kubernetes's types keep fields that they do not know apart. */
  private static void unknownFields(Object object, String path, List<String> unknown) {
    if (object instanceof List<?> list) {
      list.forEach(each -> unknownFields(each, path + "[]", unknown));
      return;
    }
    if (!object.getClass().getPackageName().startsWith("io.fabric8.kubernetes.api.model")
        || object.getClass().isEnum()) {
      return;
    }
    for (var method : object.getClass().getMethods()) {
      if (!method.getName().startsWith("get") || method.getParameterCount() > 0) {
        continue;
      }
      try {
        Object value = method.invoke(object);
        if (method.getName().equals("getAdditionalProperties")) {
          ((Map<?, ?>) value).keySet().forEach(name -> unknown.add(path + "." + name));
        } else if (value != null) {
          unknownFields(value, path + "." + method.getName().substring(3), unknown);
        }
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(path + "." + method.getName(), e);
      }
    }
  }

  private static void lost(String path, JsonNode written, JsonNode understood, List<String> lost) {
    if (written.isObject()) {
      written
          .properties()
          .forEach(
              field ->
                  lost(
                      path + "." + field.getKey(),
                      field.getValue(),
                      understood.path(field.getKey()),
                      lost));
    } else if (written.isArray()) {
      for (int i = 0; i < written.size(); i++) {
        lost(path + "[" + i + "]", written.get(i), understood.path(i), lost);
      }
    } else if (understood.getNodeType() == JsonNodeType.MISSING
        || !written.asText().equals(understood.asText())) {
      lost.add(path);
    }
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void podShouldBeWatchedAndConfined(Deployment deployment) {
    var pod = deployment.getSpec().getTemplate().getSpec();
    assertThat(deployment.getSpec().getReplicas()).isGreaterThan(1);
    assertThat(deployment.getSpec().getSelector().getMatchLabels().entrySet())
        .isSubsetOf(deployment.getSpec().getTemplate().getMetadata().getLabels().entrySet());
    assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThanOrEqualTo(40);
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getContainers()).hasSize(1);
    Container container = pod.getContainers().get(0);
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getResources().getLimits()).containsKey("memory");
    assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
    Set<Integer> ports =
        container.getPorts().stream()
            .map(ContainerPort::getContainerPort)
            .collect(Collectors.toSet());
    for (Probe probe :
        List.of(
            container.getStartupProbe(),
            container.getLivenessProbe(),
            container.getReadinessProbe())) {
      assertThat(ports).contains(probe.getHttpGet().getPort().getIntVal());
      assertThat(probe.getHttpGet().getPath()).startsWith("/actuator/health/");
    }
    // A start waits for its stores for two minutes.
    assertThat(
            container.getStartupProbe().getFailureThreshold()
                * container.getStartupProbe().getPeriodSeconds())
        .isGreaterThan(120);
    assertThat(pod.getVolumes())
        .extracting(Volume::getName)
        .containsExactlyInAnyOrderElementsOf(
            container.getVolumeMounts().stream().map(VolumeMount::getName).toList());
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void portsShouldBeThoseOfTheService(Deployment deployment) throws IOException {
    String name = deployment.getMetadata().getName();
    String settings = settings(name);
    Container container = deployment.getSpec().getTemplate().getSpec().getContainers().get(0);
    for (ContainerPort port : container.getPorts()) {
      String variable = port.getName().equals("management") ? "MANAGEMENT_PORT" : "SERVER_PORT";
      assertThat(settings).contains("${" + variable + ":" + port.getContainerPort() + "}");
    }
    Service service =
        Manifests.all(manifests(), Service.class).stream()
            .filter(each -> each.getMetadata().getName().equals(name))
            .findAny()
            .orElseThrow();
    assertThat(service.getSpec().getSelector()).containsExactly(Map.entry(NAME, name));
    assertThat(service.getSpec().getPorts().get(0).getTargetPort().getStrVal()).isEqualTo("http");
    if (!name.equals("api-gateway")) {
      // Its name has to have the pods' own addresses.
      assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
      assertThat(service.getSpec().getPorts().get(0).getPort())
          .isEqualTo(container.getPorts().get(0).getContainerPort());
    }
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void secretsShouldBeSettingsOfTheService(Deployment deployment) throws IOException {
    Set<String> known = placeholders(settings(deployment.getMetadata().getName()));
    known.addAll(OF_SPRING);
    List<KeyToPath> secrets =
        deployment.getSpec().getTemplate().getSpec().getVolumes().stream()
            .filter(volume -> volume.getName().equals("secrets"))
            .flatMap(volume -> volume.getSecret().getItems().stream())
            .toList();
    boolean edge = deployment.getMetadata().getName().equals("api-gateway");
    assertThat(secrets)
        .extracting(KeyToPath::getPath)
        .contains(edge ? "PARLEY_CALL_KEYS" : "PARLEY_SECRET")
        .doesNotContain(edge ? "PARLEY_SECRET" : "");
    assertThat(known).containsAll(secrets.stream().map(KeyToPath::getPath).toList());
    assertThat(secrets).allMatch(secret -> secret.getKey().equals(secret.getPath()));
  }

  @Test
  void settingsShouldBeKnownToSomeService() throws IOException {
    Set<String> known = new TreeSet<>(OF_SPRING);
    for (String service : SERVICES) {
      known.addAll(placeholders(settings(service)));
    }
    Map<String, String> settings = Manifests.all(manifests(), ConfigMap.class).get(0).getData();
    assertThat(known).containsAll(settings.keySet());
    assertThat(settings.keySet())
        .noneMatch(name -> name.contains("SECRET") || name.endsWith("PASSWORD"));
  }

  @Test
  void eachServiceShouldHaveABudgetAndAScale() {
    assertThat(Manifests.all(manifests(), PodDisruptionBudget.class))
        .extracting(budget -> budget.getSpec().getSelector().getMatchLabels().get(NAME))
        .containsExactlyInAnyOrderElementsOf(SERVICES);
    assertThat(Manifests.all(manifests(), HorizontalPodAutoscaler.class))
        .extracting(scale -> scale.getSpec().getScaleTargetRef().getName())
        .containsExactlyInAnyOrderElementsOf(SERVICES);
  }

  @Test
  void policiesShouldOpenOnlyPortsThatThereAre() {
    Set<String> ports =
        deployments().stream()
            .flatMap(each -> each.getSpec().getTemplate().getSpec().getContainers().stream())
            .flatMap(container -> container.getPorts().stream())
            .map(ContainerPort::getName)
            .collect(Collectors.toSet());
    List<NetworkPolicy> policies = Manifests.all(manifests(), NetworkPolicy.class);
    assertThat(policies).isNotEmpty();
    for (NetworkPolicy policy : policies) {
      String name = policy.getSpec().getPodSelector().getMatchLabels().get(NAME);
      assertThat(name == null || SERVICES.contains(name))
          .as(policy.getMetadata().getName())
          .isTrue();
      policy.getSpec().getIngress().stream()
          .flatMap(rule -> rule.getPorts().stream())
          .forEach(port -> assertThat(ports).contains(port.getPort().getStrVal()));
    }
    assertThat(policies)
        .as("one that lets nobody in by default")
        .anyMatch(
            policy ->
                policy.getSpec().getPolicyTypes().contains("Ingress")
                    && policy.getSpec().getIngress().isEmpty());
  }

  @Test
  void ingressShouldLeadToTheGateway() {
    Ingress ingress = Manifests.all(manifests(), Ingress.class).get(0);
    var backend =
        ingress.getSpec().getRules().get(0).getHttp().getPaths().get(0).getBackend().getService();
    assertThat(backend.getName()).isEqualTo("api-gateway");
    assertThat(backend.getPort().getName()).isEqualTo("http");
    assertThat(Objects.requireNonNull(ingress.getSpec().getTls()).get(0).getHosts())
        .contains(ingress.getSpec().getRules().get(0).getHost());
  }

  private static String settings(String service) throws IOException {
    return Files.readString(
        Checkout.root().resolve(service).resolve("src/main/resources/application.yaml"));
  }

  private static Set<String> placeholders(String settings) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = PLACEHOLDER.matcher(settings);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }
}
