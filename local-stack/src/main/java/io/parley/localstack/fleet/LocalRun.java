package io.parley.localstack.fleet;

import io.parley.localstack.Checkout;
import io.parley.localstack.FolderLock;
import io.parley.localstack.process.ClassArchive;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Pause;
import io.parley.localstack.process.Ports;
import io.parley.localstack.process.Restarts;
import io.parley.localstack.store.StoreAddresses;
import io.parley.localstack.store.StoreOptions;
import io.parley.localstack.store.StoreStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What {@code scripts/run.sh} runs: stores, services and sample data in the foreground, until
 * Ctrl-C.
 *
 * <p>All of it lives in a {@link RunFolder}, which says who runs; {@code stop} sends that process a
 * SIGTERM. What ends by itself is started again ({@link Restarts}).
 */
public final class LocalRun {
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(90);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final Path root;
  private final RunFolder folder;
  private final PortBlock ports;
  private final long began = System.nanoTime();
  private Optional<FolderLock> held = Optional.empty();
  private volatile boolean stopping;
  private @Nullable GuardedProcesses stores;
  private @Nullable Fleet fleet;

  private LocalRun(Path root, PortBlock ports) {
    this.root = root;
    this.folder = new RunFolder(root);
    this.ports = ports;
  }

  /** {@code run}, {@code run --fresh}, {@code stores}, {@code stop} or {@code status}. */
  public static void main(String[] arguments) {
    List<String> words = List.of(arguments);
    int exitCode;
    try {
      LocalRun run = new LocalRun(Checkout.root(), PortBlock.of(System.getenv()));
      if (words.equals(List.of("run"))) {
        exitCode = run.run(false, false);
      } else if (words.equals(List.of("run", "--fresh"))) {
        exitCode = run.run(true, false);
      } else if (words.equals(List.of("stores"))) {
        exitCode = run.run(false, true);
      } else if (words.equals(List.of("stop"))) {
        exitCode = run.stop();
      } else if (words.equals(List.of("status"))) {
        exitCode = run.status();
      } else {
        throw new LocalStackException("unknown arguments: " + String.join(" ", words));
      }
    } catch (LocalStackException e) {
      System.err.println("error: " + e.getMessage());
      exitCode = 1;
    } catch (IOException e) {
      System.err.println("error: " + e);
      exitCode = 1;
    }
    System.exit(exitCode);
  }

  /**
   * @param storesAlone for {@code scripts/restore.sh}, which fills them
   */
  private int run(boolean fresh, boolean storesAlone) throws IOException {
    // Held in a field, as a lock ends with its last reference.
    held = folder.tryLock();
    if (held.isEmpty()) {
      throw new LocalStackException(
          "Parley runs already (process "
              + folder.runningProcess()
              + "); ./scripts/run.sh stop ends it, ./scripts/run.sh status says more");
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    folder.create(ports);
    try {
      StartingStores starting = startStores(fresh);
      if (storesAlone) {
        starting.await();
        say("the stores are up");
      } else {
        startServices(starting);
        addSampleData(starting.addresses());
        explain();
      }
    } catch (LocalStackException e) {
      if (stopping) {
        return 1;
      }
      throw e;
    }
    if (!storesAlone) {
      Thread.ofVirtual().name("aot-caches").start(this::makeCaches);
    }
    watch(Objects.requireNonNull(stores), fleet);
    return 0;
  }

  /** For the next start. */
  private void makeCaches() {
    Path script = root.resolve("deploy/image/train.sh");
    try (GuardedProcesses training = GuardedProcesses.open(folder.training())) {
      for (String service : ports.services().keySet()) {
        AotCache cache =
            new AotCache(OwnJar.of(root.resolve(NodeSpec.of(service).jar()), folder.jars()));
        if (!cache.exists()) {
          cache.make(script, training);
        }
      }
    } catch (IOException | LocalStackException e) {
      if (!stopping) {
        say("the next start is no faster: " + e.getMessage());
      }
    }
  }

  /** Returns when PostgreSQL has the services' databases; the other stores may need longer. */
  private StartingStores startStores(boolean fresh) throws IOException {
    GuardedProcesses storeProcesses = GuardedProcesses.open(folder.stores());
    // Ends what a crashed run left before its data is deleted or its ports are looked at.
    GuardedProcesses.open(folder.services()).close();
    if (fresh) {
      folder.clear();
      say("starting anew: the data of earlier runs is deleted");
    }
    folder.checkSpace();
    Map<String, String> given = System.getenv();
    ports.check(StoreAddresses.of(given), mailCatcherUrl().isPresent());
    Path logs = folder.stores().resolve("logs");
    say(
        StoreAddresses.of(given).complete()
            ? "using the stores of the environment"
            : "starting the stores (logs: " + root.relativize(logs) + ")");
    StoreOptions options =
        new StoreOptions(
            folder.stores(),
            ports.stores(),
            true,
            root,
            StoreOptions.userCache(root.resolve(".parley/cache")));
    stores = storeProcesses;
    CompletableFuture<StoreAddresses> starting =
        CompletableFuture.supplyAsync(
            () -> StoreStack.start(options, storeProcesses, given, this::say),
            task -> Thread.ofVirtual().name("stores").start(task));
    StartingStores all = new StartingStores(StoreStack.addresses(options, given), starting);
    createDatabases(all);
    all.addresses().write(folder.addresses());
    return all;
  }

  private static void createDatabases(StartingStores starting) {
    while (true) {
      try {
        ServiceDatabases.create(starting.addresses());
        return;
      } catch (LocalStackException e) {
        if (starting.all().isDone()) {
          starting.await();
          throw e;
        }
        Pause.of(BETWEEN_LOOKS);
      }
    }
  }

  /**
   * @param addresses where they will answer
   * @param all done when all do
   */
  private record StartingStores(StoreAddresses addresses, CompletableFuture<StoreAddresses> all) {
    void await() {
      try {
        all.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof LocalStackException failure
            ? failure
            : new LocalStackException("the stores did not start: " + e.getCause(), e);
      }
    }
  }

  /** They wait for their stores themselves. */
  private void startServices(StartingStores stores) throws IOException {
    say("starting the services (logs: " + root.relativize(folder.services().resolve("logs")) + ")");
    Fleet services = fleet(stores.addresses());
    fleet = services;
    stores
        .all()
        .whenComplete(
            (addresses, failure) -> {
              if (failure != null) {
                // They would wait for a store that does not come.
                services.close();
              }
            });
    try {
      services.start();
    } catch (LocalStackException e) {
      if (stores.all().isCompletedExceptionally()) {
        stores.await();
      }
      throw e;
    }
  }

  /** Once into the same stores: what became of it since is the user's. */
  private void addSampleData(StoreAddresses addresses) throws IOException {
    Path done = folder.sampleData();
    String data = addresses.postgresUrl() + " " + addresses.cassandraContactPoints();
    if (Files.exists(done) && Files.readString(done).equals(data)) {
      return;
    }
    String gateway = Objects.requireNonNull(fleet).gateway().url();
    MailCatcher mails = mailCatcherUrl().map(MailCatcher::new).orElse(null);
    try (SampleData sampleData = new SampleData(gateway, mails)) {
      say("sample data: " + sampleData.create());
      Files.writeString(done, data);
    } catch (LocalStackException e) {
      // The fleet itself is fine and worth a look.
      say("no sample data: " + e.getMessage());
    }
  }

  private Fleet fleet(StoreAddresses addresses) throws IOException {
    Map<String, String> environment = new HashMap<>(addresses.environment());
    environment.put("PARLEY_SECRET", folder.secret(System.getenv()));
    setting(environment, "PARLEY_PUBLIC_URL", "http://localhost:" + ports.first());
    setting(environment, "PARLEY_ADMIN_EMAILS", SampleData.ADMIN_EMAIL);
    Fleet.Builder builder =
        Fleet.builder(folder.services())
            .checkout(root)
            .jars(folder.jars())
            .environment(environment);
    ports.services().forEach((service, port) -> builder.node(NodeSpec.of(service).port(port)));
    NodeSpec fakeFcm = NodeSpec.fakeFcm().port(ports.fakeFcm());
    boolean realFcm = System.getenv("PARLEY_FCM_CREDENTIALS") != null;
    if (!realFcm && Files.exists(root.resolve(fakeFcm.jar()))) {
      builder.node(withClassArchive(fakeFcm));
    }
    if (mailCatcherUrl().isPresent()) {
      builder.node(withClassArchive(NodeSpec.mailCatcher().port(ports.mailCatcher())));
    }
    return builder.progress(this::say).build();
  }

  /** What is no service of Parley's has no {@link AotCache}. */
  private NodeSpec withClassArchive(NodeSpec spec) {
    NodeSpec with = spec;
    for (String option : ClassArchive.in(folder.jars().resolve(spec.name() + ".jsa"))) {
      with = with.jvmOption(option);
    }
    return with;
  }

  /** What the caller's environment says comes first. */
  private static void setting(Map<String, String> environment, String variable, String ours) {
    environment.put(variable, System.getenv().getOrDefault(variable, ours));
  }

  /** Empty when mails go to a server of the caller's. */
  private Optional<String> mailCatcherUrl() {
    return System.getenv("PARLEY_SMTP_HOST") == null
        ? Optional.of("http://localhost:" + ports.mailCatcher())
        : Optional.empty();
  }

  /** Stays until a signal; starts again what ends without one. */
  private void watch(GuardedProcesses storeProcesses, @Nullable Fleet services) {
    List<Restarts> restarts = new ArrayList<>();
    restarts.add(new Restarts(storeProcesses, this::say));
    if (services != null) {
      restarts.add(new Restarts(services.processes(), this::say));
    }
    while (true) {
      if (!stopping) {
        restarts.forEach(Restarts::look);
      }
      Pause.of(BETWEEN_LOOKS);
    }
  }

  /** The shutdown hook: services first, so that they can say good-bye to their stores. */
  private void close() {
    stopping = true;
    GuardedProcesses storeProcesses = stores;
    if (storeProcesses == null) {
      return;
    }
    say("stopping");
    Fleet services = fleet;
    if (services != null) {
      services.close();
    }
    storeProcesses.close();
    say("stopped");
  }

  private int stop() throws IOException {
    Optional<FolderLock> lock = folder.tryLock();
    if (lock.isPresent()) {
      System.out.println("Parley does not run.");
      return 0;
    }
    long pid = folder.runningProcess();
    System.out.println("Stopping Parley (process " + pid + ") ...");
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    long deadline = System.nanoTime() + STOPS_WITHIN.toNanos();
    while (folder.tryLock().isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new LocalStackException("process " + pid + " does not end: kill -9 " + pid);
      }
      Pause.of(BETWEEN_LOOKS);
    }
    System.out.println("Parley is stopped.");
    return 0;
  }

  /** Exit code 3 when it does not run, as init scripts have it. */
  private int status() throws IOException {
    if (folder.tryLock().isPresent()) {
      System.out.println("Parley does not run.");
      return 3;
    }
    PortBlock running = folder.runningPorts();
    System.out.println(
        "Parley runs (process "
            + folder.runningProcess()
            + ") at http://localhost:"
            + running.first());
    running
        .services()
        .forEach(
            (service, servicePort) ->
                System.out.println(
                    "  %-22s %s"
                        .formatted(
                            service,
                            Ports.isFree(servicePort)
                                ? "down"
                                : "http://localhost:" + servicePort)));
    System.out.println("  logs                   " + folder.path() + "/{services,stores}/logs");
    return 0;
  }

  private void explain() {
    System.out.println(
        """

        Parley is up after %d s:  http://localhost:%d

          a page to chat  http://localhost:%d/
          sample logins   ann, ben, cleo, and ada, an admin; the password is %s
          mails           %s
          stores          %s
          logs            %s/{services,stores}/logs

        Try:
          TOKEN=$(curl -s http://localhost:%d/api/v1/auth/login -H 'Content-Type: application/json' \\
            -d '{"login":"ann","password":"%s"}' | sed -E 's/.*"accessToken":"([^"]+)".*/\\1/')
          curl -s http://localhost:%d/api/v1/conversations -H "Authorization: Bearer $TOKEN"
          curl -s 'http://localhost:%d/api/v1/users?query=ben' -H "Authorization: Bearer $TOKEN"

        Ctrl-C, or ./scripts/run.sh stop in another terminal, stops everything; the data stays for the next run.
        """
            .formatted(
                Duration.ofNanos(System.nanoTime() - began).toSeconds(),
                ports.first(),
                ports.first(),
                SampleData.PASSWORD,
                mailCatcherUrl()
                    .map(url -> "curl -s " + url + "/api/user/ann@parley.example/messages")
                    .orElse("go to " + System.getenv("PARLEY_SMTP_HOST")),
                folder.addresses(),
                folder.path(),
                ports.first(),
                SampleData.PASSWORD,
                ports.first(),
                ports.first()));
  }

  private void say(String line) {
    double seconds = Duration.ofNanos(System.nanoTime() - began).toMillis() / 1000.0;
    System.out.println("[%5.1f s] %s".formatted(seconds, line));
  }
}
