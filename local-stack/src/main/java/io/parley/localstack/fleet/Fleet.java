package io.parley.localstack.fleet;

import io.parley.localstack.Checkout;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.Jit;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Ports;
import io.parley.localstack.process.ProcessSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Parley's services as processes on this machine, told of one another's addresses.
 *
 * <pre>
 * try (Fleet fleet =
 *     Fleet.builder(folder)
 *         .environment(Stores.shared().newSpace("system").environment())
 *         .services()
 *         .node(NodeSpec.of("message-service").named("message-service-2"))
 *         .build()
 *         .start()) {
 *   fleet.gateway().url();
 *   fleet.node("message-service-2").kill();
 *   fleet.node("message-service-2").restart();
 * }
 * </pre>
 *
 * The processes end with {@link #close()}, and with this JVM however that ends.
 */
public final class Fleet implements AutoCloseable {
  /** From a fixed port of the gateway to that of its health and metrics. */
  private static final int MANAGEMENT_OFFSET = 7;

  public static final String GATEWAY = "api-gateway";
  private static final String GATEWAY_CALLS = "api-gateway>user-service";
  public static final String USERS = "user-service";
  public static final String GROUPS = "group-service";
  public static final String MESSAGES = "message-service";
  public static final String NOTIFICATIONS = "notification-service";

  private final Map<String, ServiceNode> nodes;
  private final GuardedProcesses processes;
  private final Consumer<String> progress;

  private Fleet(
      Map<String, ServiceNode> nodes, GuardedProcesses processes, Consumer<String> progress) {
    this.nodes = nodes;
    this.processes = processes;
    this.progress = progress;
  }

  /**
   * @param folder for the logs ({@code logs/<name>.log}); of this fleet alone
   */
  public static Builder builder(Path folder) {
    return new Builder(folder);
  }

  /** Starts all nodes side by side and returns when all are ready. */
  public Fleet start() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ExecutorCompletionService<ServiceNode> starts = new ExecutorCompletionService<>(threads);
      for (ServiceNode node : nodes.values()) {
        starts.submit(() -> startOne(node), node);
      }
      try {
        for (int i = 0; i < nodes.size(); i++) {
          starts.take().get();
        }
      } catch (ExecutionException e) {
        threads.shutdownNow();
        throw e.getCause() instanceof LocalStackException failure
            ? failure
            : new LocalStackException("a service did not start: " + e.getCause(), e);
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
        throw new LocalStackException("interrupted", e);
      }
    } catch (LocalStackException e) {
      close();
      throw e;
    }
    return this;
  }

  public ServiceNode node(String name) {
    ServiceNode node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException("no node " + name + " among " + nodes.keySet());
    }
    return node;
  }

  public List<ServiceNode> nodes() {
    return List.copyOf(nodes.values());
  }

  public ServiceNode gateway() {
    return node(GATEWAY);
  }

  /** What was mailed by this fleet since its mail catcher started. */
  public MailCatcher mailCatcher() {
    return new MailCatcher(node(NodeSpec.MAIL_CATCHER).url());
  }

  GuardedProcesses processes() {
    return processes;
  }

  /** Stops all nodes at once. */
  @Override
  public void close() {
    processes.close();
  }

  private void startOne(ServiceNode node) {
    long began = System.nanoTime();
    node.start();
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    progress.accept("%s is ready after %.1f s".formatted(node.name(), took.toMillis() / 1000.0));
  }

  /** What to run, and how. */
  public static final class Builder {
    private final Path folder;
    private Path jars;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> jvmOptions =
        new ArrayList<>(
            List.of(
                "-Xmx256m",
                // By default a third of the heap, and all of that is touched.
                "-Xmn24m",
                "-XX:+UseSerialGC",
                // What the compilers took at the start goes back to the system.
                "-XX:TrimNativeHeapInterval=10000",
                "-XX:+ExitOnOutOfMemoryError"));
    private final Map<String, NodeSpec> specs = new LinkedHashMap<>();
    private Path checkout = Checkout.root();
    private Duration readyWithin = Duration.ofSeconds(300);
    private Consumer<String> progress = line -> {};

    private Builder(Path folder) {
      this.folder = folder.toAbsolutePath();
      this.jars = this.folder.resolve("jars");
    }

    /** For all processes. {@code PARLEY_SECRET} is made up when it is not among them. */
    public Builder environment(Map<String, String> variables) {
      environment.putAll(variables);
      return this;
    }

    /** For all processes, after the built-in ones: a small heap and the serial collector. */
    public Builder jvmOption(String option) {
      jvmOptions.add(option);
      return this;
    }

    /** The five services, one node each, on free ports, the fake FCM and the mail catcher. */
    public Builder services() {
      for (String service : List.of(USERS, GROUPS, MESSAGES, NOTIFICATIONS, GATEWAY)) {
        node(NodeSpec.of(service));
      }
      return node(NodeSpec.fakeFcm()).node(NodeSpec.mailCatcher());
    }

    /** A node more, or one in the place of that name. */
    public Builder node(NodeSpec spec) {
      specs.put(spec.name(), spec);
      return this;
    }

    public Builder without(String name) {
      specs.remove(name);
      return this;
    }

    /** Where the services' jars were built; the checkout around the working folder by default. */
    public Builder checkout(Path root) {
      checkout = root;
      return this;
    }

    /** Where the fleet's own copies of the jars are kept; in its folder by default. */
    Builder jars(Path copies) {
      jars = copies;
      return this;
    }

    public Builder readyWithin(Duration limit) {
      readyWithin = limit;
      return this;
    }

    /** Hears a line for each node that becomes ready. */
    public Builder progress(Consumer<String> listener) {
      progress = listener;
      return this;
    }

    /** Checks that every jar is there; starts nothing yet. */
    public Fleet build() {
      Map<String, Integer> ports = ports();
      Map<String, String> shared = new HashMap<>(environment);
      String secret = shared.computeIfAbsent("PARLEY_SECRET", name -> newSecret());
      // What the gateway has of the fleet's keys.
      shared.computeIfAbsent(
          "PARLEY_CALL_KEYS",
          name -> System.getenv().getOrDefault(name, GATEWAY_CALLS + "=" + gatewayKey(secret)));
      shared.putIfAbsent("SERVER_ADDRESS", "127.0.0.1");
      // All of it stops together, unless somebody replaces one node after the other.
      shared.putIfAbsent("PARLEY_LEAVE_DELAY", "0s");
      // Plain lines: these logs are read by people.
      shared.putIfAbsent(
          "PARLEY_LOG_FORMAT", System.getenv().getOrDefault("PARLEY_LOG_FORMAT", ""));
      // glibc's own number, eight for each core, spreads what the JVM allocates over more pages.
      shared.putIfAbsent("MALLOC_ARENA_MAX", "2");
      url(shared, "PARLEY_USER_URL", USERS, ports);
      url(shared, "PARLEY_GROUP_URL", GROUPS, ports);
      url(shared, "PARLEY_MESSAGE_URL", MESSAGES, ports);
      url(shared, "PARLEY_NOTIFICATION_URL", NOTIFICATIONS, ports);
      url(shared, "PARLEY_FCM_ENDPOINT", NodeSpec.FAKE_FCM, ports);
      if (shared.containsKey("PARLEY_FCM_ENDPOINT")) {
        // The fake one has endpoints for Web Push, too.
        shared.putIfAbsent("PARLEY_WEB_PUSH_PRIVATE", "true");
      }
      url(shared, "PARLEY_PUBLIC_URL", GATEWAY, ports);
      NodeSpec mailCatcher = specs.get(NodeSpec.MAIL_CATCHER);
      int smtpPort = mailCatcher == null ? 0 : smtpPort(mailCatcher);
      if (mailCatcher != null) {
        shared.putIfAbsent("PARLEY_SMTP_HOST", "127.0.0.1");
        shared.putIfAbsent("PARLEY_SMTP_PORT", "" + smtpPort);
        shared.putIfAbsent("PARLEY_MAIL_FROM", "Parley <noreply@parley.example>");
      }
      GuardedProcesses processes = GuardedProcesses.open(folder);
      Map<String, ServiceNode> nodes = new LinkedHashMap<>();
      for (NodeSpec spec : specs.values()) {
        int port = ports.getOrDefault(spec.name(), 0);
        Map<String, String> own = new HashMap<>(shared);
        own.put("SERVER_PORT", "" + port);
        int managementPort = managementPort(spec, port);
        own.put("MANAGEMENT_PORT", "" + managementPort);
        if (spec.service().equals(GATEWAY)) {
          own.remove("PARLEY_SECRET");
        }
        own.putAll(spec.environment());
        ProcessSpec command =
            ProcessSpec.of(
                    spec.name(),
                    command(spec, port, smtpPort),
                    folder,
                    folder.resolve("logs").resolve(spec.name() + ".log"))
                .environment(own)
                .stopWithin(Duration.ofSeconds(30));
        nodes.put(
            spec.name(),
            new ServiceNode(spec, port, managementPort, command, processes, readyWithin));
      }
      return new Fleet(nodes, processes, progress);
    }

    /** The gateway is public, so its health and metrics have a port of their own. */
    private static int managementPort(NodeSpec spec, int port) {
      if (!spec.service().equals(GATEWAY)) {
        return port;
      }
      return spec.port() == 0 ? Ports.free(1).getFirst() : spec.port() + MANAGEMENT_OFFSET;
    }

    private static int smtpPort(NodeSpec mailCatcher) {
      return mailCatcher.port() == 0 ? Ports.free(1).getFirst() : mailCatcher.port() - 1;
    }

    private List<String> command(NodeSpec spec, int port, int smtpPort) {
      Path jar = checkout.resolve(spec.jar());
      if (!Files.exists(jar)) {
        throw new LocalStackException(jar + " is missing: mvn package -DskipTests");
      }
      jar = OwnJar.of(jar, jars);
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(Jit.ofServices());
      command.addAll(jvmOptions);
      command.addAll(spec.jvmOptions());
      command.addAll(new AotCache(jar).options());
      if (spec.service().equals(NodeSpec.MAIL_CATCHER)) {
        command.addAll(
            List.of(
                "-Dgreenmail.smtp.hostname=127.0.0.1",
                "-Dgreenmail.smtp.port=" + smtpPort,
                "-Dgreenmail.api.hostname=127.0.0.1",
                "-Dgreenmail.api.port=" + port,
                "-Dgreenmail.auth.disabled"));
      }
      command.addAll(List.of("-jar", jar.toString()));
      if (spec.service().equals(NodeSpec.FAKE_FCM)) {
        command.addAll(List.of("--port", "" + port));
      }
      return command;
    }

    private Map<String, Integer> ports() {
      List<Integer> free = new ArrayList<>(Ports.free(specs.size()));
      Map<String, Integer> ports = new HashMap<>();
      for (NodeSpec spec : specs.values()) {
        ports.put(spec.name(), spec.port() == 0 ? free.removeFirst() : spec.port());
      }
      return ports;
    }

    /** All nodes of a service, separated by commas; nothing when there are none or it is given. */
    private void url(
        Map<String, String> variables,
        String variable,
        String service,
        Map<String, Integer> ports) {
      String urls =
          specs.values().stream()
              .filter(spec -> spec.service().equals(service))
              .map(spec -> "http://127.0.0.1:" + ports.get(spec.name()))
              .collect(Collectors.joining(","));
      if (!urls.isEmpty()) {
        variables.putIfAbsent(variable, urls);
      }
    }
  }

  /** As the services derive it, which have the secret. */
  private static String gatewayKey(String secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret), "HmacSHA256"));
      mac.update(("service-calls " + GATEWAY_CALLS).getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(new byte[] {1}));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String newSecret() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
