package io.parley.localstack.fleet;

import io.parley.localstack.Checkout;
import io.parley.localstack.FolderLock;
import io.parley.localstack.process.Folders;
import io.parley.localstack.process.GuardedProcess;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Pause;
import io.parley.localstack.process.Ports;
import io.parley.localstack.store.StoreAddresses;
import io.parley.localstack.store.StoreOptions;
import io.parley.localstack.store.StorePorts;
import io.parley.localstack.store.StoreStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code scripts/run.sh} runs: stores, services and sample data in the foreground, until
 * Ctrl-C.
 *
 * <p>All of it lives in {@code .parley/run}. Whoever runs holds the lock beside that folder and has
 * its process id in it; {@code stop} sends that process a SIGTERM.
 */
public final class LocalRun {
  private static final int DEFAULT_PORT = 18080;

  /** The block's size, see {@link #ports}. */
  private static final int PORTS = 18;

  private static final int MAIL_CATCHER_OFFSET = 9;
  private static final int STORES_OFFSET = 10;
  private static final long NEEDED_BYTES = 1L << 30;
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(90);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final Path root;
  private final Path folder;
  private final Path lockFile;
  private final int firstPort;
  private final long began = System.nanoTime();
  private Optional<FolderLock> held = Optional.empty();
  private volatile boolean stopping;
  private @Nullable GuardedProcesses stores;
  private @Nullable Fleet fleet;

  private LocalRun(Path root, int firstPort) {
    this.root = root;
    this.folder = root.resolve(".parley/run");
    this.lockFile = root.resolve(".parley/run.lock");
    this.firstPort = firstPort;
  }

  /** {@code run}, {@code run --fresh}, {@code stop} or {@code status}. */
  public static void main(String[] arguments) {
    List<String> words = List.of(arguments);
    int exitCode;
    try {
      LocalRun run = new LocalRun(Checkout.root(), portSetting());
      if (words.equals(List.of("run"))) {
        exitCode = run.run(false);
      } else if (words.equals(List.of("run", "--fresh"))) {
        exitCode = run.run(true);
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

  private static int portSetting() {
    String setting = System.getenv().getOrDefault("PARLEY_PORT", "");
    if (setting.isEmpty()) {
      return DEFAULT_PORT;
    }
    if (!setting.matches("\\d{4,5}")
        || Integer.parseInt(setting) < 1024
        || Integer.parseInt(setting) > 32_768 - PORTS) {
      throw new LocalStackException(
          "PARLEY_PORT="
              + setting
              + ": it is the first of "
              + PORTS
              + " ports, between 1024 and "
              + (32_768 - PORTS));
    }
    return Integer.parseInt(setting);
  }

  private int run(boolean fresh) throws IOException {
    // Held in a field, as a lock ends with its last reference.
    held = FolderLock.tryNow(lockFile);
    if (held.isEmpty()) {
      throw new LocalStackException(
          "Parley runs already (process "
              + runningProcess()
              + "); ./scripts/run.sh stop ends it, ./scripts/run.sh status says more");
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    Files.createDirectories(folder);
    Files.writeString(pidFile(), ProcessHandle.current().pid() + " " + firstPort);
    try {
      start(fresh);
    } catch (LocalStackException e) {
      if (stopping) {
        return 1;
      }
      throw e;
    }
    watch(Objects.requireNonNull(stores), Objects.requireNonNull(fleet));
    return 0;
  }

  private void start(boolean fresh) throws IOException {
    GuardedProcesses storeProcesses = GuardedProcesses.open(folder.resolve("stores"));
    // Ends what a crashed run left before its data is deleted or its ports are looked at.
    GuardedProcesses.open(folder.resolve("services")).close();
    if (fresh) {
      for (String part : List.of("stores", "services", "secret")) {
        Folders.delete(folder.resolve(part));
      }
      say("starting anew: the data of earlier runs is deleted");
    }
    checkSpace(folder);
    Map<String, String> given = System.getenv();
    checkPorts(given);
    Path logs = folder.resolve("stores/logs");
    say(
        StoreAddresses.of(given).complete()
            ? "using the stores of the environment"
            : "starting the stores (logs: " + root.relativize(logs) + ")");
    StoreOptions options =
        new StoreOptions(
            folder.resolve("stores"),
            StorePorts.block(firstPort + STORES_OFFSET),
            true,
            root,
            StoreOptions.userCache(root.resolve(".parley/cache")));
    stores = storeProcesses;
    StoreAddresses addresses = StoreStack.start(options, storeProcesses, given, this::say);
    addresses.write(folder.resolve("addresses.properties"));
    createDatabases(addresses);
    say("starting the services (logs: " + root.relativize(folder.resolve("services/logs")) + ")");
    Fleet services = fleet(addresses);
    fleet = services;
    services.start();
    String gateway = services.gateway().url();
    MailCatcher mails = mailCatcherUrl().map(MailCatcher::new).orElse(null);
    try (SampleData sampleData = new SampleData(gateway, mails)) {
      say("sample data: " + sampleData.create());
    } catch (LocalStackException e) {
      // The fleet itself is fine and worth a look.
      say("no sample data: " + e.getMessage());
    }
    explain();
  }

  private Fleet fleet(StoreAddresses addresses) throws IOException {
    Map<String, String> environment = new HashMap<>(addresses.environment());
    environment.put("PARLEY_SECRET", secret());
    setting(environment, "PARLEY_PUBLIC_URL", "http://localhost:" + firstPort);
    setting(environment, "PARLEY_ADMIN_EMAILS", SampleData.ADMIN_EMAIL);
    Fleet.Builder builder =
        Fleet.builder(folder.resolve("services")).checkout(root).environment(environment);
    ports(firstPort).forEach((service, port) -> builder.node(NodeSpec.of(service).port(port)));
    NodeSpec fakeFcm = NodeSpec.fakeFcm().port(firstPort + 6);
    boolean realFcm = System.getenv("PARLEY_FCM_CREDENTIALS") != null;
    if (!realFcm && Files.exists(root.resolve(fakeFcm.jar()))) {
      builder.node(fakeFcm);
    }
    if (mailCatcherUrl().isPresent()) {
      builder.node(NodeSpec.mailCatcher().port(firstPort + MAIL_CATCHER_OFFSET));
    }
    return builder.progress(this::say).build();
  }

  /** What the caller's environment says comes first. */
  private static void setting(Map<String, String> environment, String variable, String ours) {
    environment.put(variable, System.getenv().getOrDefault(variable, ours));
  }

  /** Empty when mails go to a server of the caller's. */
  private Optional<String> mailCatcherUrl() {
    return System.getenv("PARLEY_SMTP_HOST") == null
        ? Optional.of("http://localhost:" + (firstPort + MAIL_CATCHER_OFFSET))
        : Optional.empty();
  }

  /**
   * The services' ports in the block; +4 is for a second message node, +6 for the fake FCM, +8 and
   * +9 for the mail catcher.
   */
  private static Map<String, Integer> ports(int first) {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put(Fleet.GATEWAY, first);
    ports.put(Fleet.USERS, first + 1);
    ports.put(Fleet.GROUPS, first + 2);
    ports.put(Fleet.MESSAGES, first + 3);
    ports.put(Fleet.NOTIFICATIONS, first + 5);
    return ports;
  }

  /** Stays until a signal; says which process ended without one. */
  private void watch(GuardedProcesses storeProcesses, Fleet services) {
    Set<GuardedProcess> told = new HashSet<>();
    while (true) {
      List<GuardedProcess> ended = new ArrayList<>(storeProcesses.endedByThemselves());
      ended.addAll(services.endedByThemselves());
      for (GuardedProcess process : ended) {
        if (!stopping && told.add(process)) {
          say(
              process.spec().name()
                  + " ended with exit code "
                  + process.exitCode()
                  + "; its log: "
                  + process.log());
        }
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
    Optional<FolderLock> lock = FolderLock.tryNow(lockFile);
    if (lock.isPresent()) {
      System.out.println("Parley does not run.");
      return 0;
    }
    long pid = runningProcess();
    System.out.println("Stopping Parley (process " + pid + ") ...");
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    long deadline = System.nanoTime() + STOPS_WITHIN.toNanos();
    while (FolderLock.tryNow(lockFile).isEmpty()) {
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
    if (FolderLock.tryNow(lockFile).isPresent()) {
      System.out.println("Parley does not run.");
      return 3;
    }
    int port = Integer.parseInt(pidFields()[1]);
    System.out.println(
        "Parley runs (process " + runningProcess() + ") at http://localhost:" + port);
    ports(port)
        .forEach(
            (service, servicePort) ->
                System.out.println(
                    "  %-22s %s"
                        .formatted(
                            service,
                            Ports.isFree(servicePort)
                                ? "down"
                                : "http://localhost:" + servicePort)));
    System.out.println("  logs                   " + folder + "/{services,stores}/logs");
    return 0;
  }

  private Path pidFile() {
    return folder.resolve("pid");
  }

  private String[] pidFields() throws IOException {
    String[] fields =
        Files.exists(pidFile()) ? Files.readString(pidFile()).split(" ", 2) : new String[0];
    if (fields.length != 2) {
      throw new LocalStackException("Parley is just starting: try again in a second");
    }
    return fields;
  }

  private long runningProcess() throws IOException {
    return Long.parseLong(pidFields()[0]);
  }

  /** Made once: with another one the tokens and messages of earlier runs would be unreadable. */
  private String secret() throws IOException {
    String given = System.getenv().getOrDefault("PARLEY_SECRET", "");
    if (!given.isEmpty()) {
      return given;
    }
    Path file = folder.resolve("secret");
    if (!Files.exists(file)) {
      Path unfinished = folder.resolve("secret.new");
      Files.deleteIfExists(unfinished);
      Files.createFile(
          unfinished,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(unfinished, Fleet.newSecret());
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return Files.readString(file).strip();
  }

  private void checkPorts(Map<String, String> given) {
    StoreAddresses addresses = StoreAddresses.of(given);
    Map<String, Integer> wanted = new LinkedHashMap<>(ports(firstPort));
    wanted.put("the fake FCM", firstPort + 6);
    if (mailCatcherUrl().isPresent()) {
      wanted.put("the mail catcher's SMTP", firstPort + MAIL_CATCHER_OFFSET - 1);
      wanted.put("the mail catcher", firstPort + MAIL_CATCHER_OFFSET);
    }
    StorePorts.block(firstPort + STORES_OFFSET)
        .byName()
        .forEach(
            (name, port) -> {
              boolean elsewhere =
                  name.startsWith("PostgreSQL") && !addresses.postgresUrl().isEmpty()
                      || name.startsWith("Redis") && !addresses.redisUrl().isEmpty()
                      || (name.startsWith("RabbitMQ") || name.equals("epmd"))
                          && !addresses.rabbitmqUrl().isEmpty()
                      || name.startsWith("Cassandra")
                          && !addresses.cassandraContactPoints().isEmpty();
              if (!elsewhere) {
                wanted.put(name, port);
              }
            });
    wanted.forEach(
        (name, port) -> {
          if (!Ports.isFree(port)) {
            throw new LocalStackException(
                "port "
                    + port
                    + " for "
                    + name
                    + " is taken; PARLEY_PORT moves all "
                    + PORTS
                    + " ports, for instance PARLEY_PORT=28080 ./scripts/run.sh");
          }
        });
  }

  private static void checkSpace(Path folder) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < NEEDED_BYTES) {
      throw new LocalStackException(
          "the disk of "
              + folder
              + " has "
              + (free >> 20)
              + " MB free, and a run needs "
              + (NEEDED_BYTES >> 20)
              + " MB");
    }
  }

  private static void createDatabases(StoreAddresses addresses) {
    try (Connection connection =
            DriverManager.getConnection(
                addresses.postgresUrl() + "/postgres",
                addresses.postgresUser(),
                addresses.postgresPassword());
        Statement statement = connection.createStatement()) {
      for (String service : List.of("USER", "GROUP", "NOTIFICATION")) {
        String database =
            System.getenv()
                .getOrDefault(
                    "PARLEY_" + service + "_DATABASE",
                    "parley_" + service.toLowerCase(Locale.ROOT));
        String quoted = statement.enquoteLiteral(database);
        try (ResultSet found =
            statement.executeQuery("SELECT FROM pg_database WHERE datname = " + quoted)) {
          if (found.next()) {
            continue;
          }
        }
        statement.execute("CREATE DATABASE " + statement.enquoteIdentifier(database, false));
      }
    } catch (SQLException e) {
      throw new LocalStackException(
          "the databases cannot be created in " + addresses.postgresUrl() + ": " + e.getMessage(),
          e);
    }
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
                firstPort,
                firstPort,
                SampleData.PASSWORD,
                mailCatcherUrl()
                    .map(url -> "curl -s " + url + "/api/user/ann@parley.example/messages")
                    .orElse("go to " + System.getenv("PARLEY_SMTP_HOST")),
                folder.resolve("addresses.properties"),
                folder,
                firstPort,
                SampleData.PASSWORD,
                firstPort,
                firstPort));
  }

  private void say(String line) {
    double seconds = Duration.ofNanos(System.nanoTime() - began).toMillis() / 1000.0;
    System.out.println("[%5.1f s] %s".formatted(seconds, line));
  }
}
