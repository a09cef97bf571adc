package io.parley.common.stores;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.localstack.Stores;
import io.parley.localstack.TcpProxy;
import io.parley.localstack.store.StoreAddresses;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Each kind of store, behind a proxy that takes it away. */
@ExtendWith(OutputCaptureExtension.class)
class AwaitStoresIT {

  private static final StoreAddresses STORES = Stores.shared().addresses();

  private final Map<String, Object> settings = new HashMap<>();
  private @Nullable TcpProxy proxy;

  private enum Kind {
    POSTGRESQL("PostgreSQL"),
    REDIS("Redis"),
    RABBITMQ("RabbitMQ"),
    CASSANDRA("Cassandra");

    private final String name;

    Kind(String name) {
      this.name = name;
    }

    URI address() {
      return switch (this) {
        case POSTGRESQL -> URI.create(STORES.postgresUrl().substring("jdbc:".length()));
        case REDIS -> URI.create(STORES.redisUrl());
        case RABBITMQ -> URI.create(STORES.rabbitmqUrl());
        case CASSANDRA -> URI.create("cql://" + STORES.cassandraContactPoints().split(",")[0]);
      };
    }

    void configure(Map<String, Object> settings, int port) {
      switch (this) {
        case POSTGRESQL -> {
          settings.put(
              "spring.datasource.url", "jdbc:postgresql://127.0.0.1:" + port + "/postgres");
          settings.put("spring.datasource.username", STORES.postgresUser());
          settings.put("spring.datasource.password", STORES.postgresPassword());
        }
        case REDIS -> settings.put("spring.data.redis.url", "redis://u:p@127.0.0.1:" + port + "/3");
        case RABBITMQ ->
            settings.put("parley.rabbitmq.url", "amqp://g:g@127.0.0.1:1,amqp://127.0.0.1:" + port);
        case CASSANDRA -> settings.put("spring.cassandra.contact-points", "127.0.0.1:" + port);
      }
    }
  }

  @AfterEach
  void close() throws Exception {
    if (proxy != null) {
      proxy.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void startShouldWaitForAStoreThatIsCutOff(Kind kind, CapturedOutput log) {
    TcpProxy proxy = TcpProxy.to(kind.address());
    this.proxy = proxy;
    kind.configure(settings, proxy.port());
    proxy.cut();

    CompletableFuture<Void> start = start("5m");
    await(() -> log.getOut().contains("waiting up to 300 s for [" + kind.name));
    assertThat(start).isNotDone();
    proxy.restore();

    start.orTimeout(60, TimeUnit.SECONDS).join();
    assertThat(log.getOut()).containsOnlyOnce("waiting up to").contains("all stores answer");
    assertThat(log.getOut()).doesNotContain("p@", "g@");
  }

  /** The port is open long before the store serves. */
  @ParameterizedTest
  @EnumSource
  void startShouldWaitForAStoreThatIsSilent(Kind kind, CapturedOutput log) throws Exception {
    TcpProxy proxy = TcpProxy.to(kind.address());
    this.proxy = proxy;
    kind.configure(settings, proxy.port());

    CountDownLatch silent = new CountDownLatch(1);
    CountDownLatch enough = new CountDownLatch(1);
    // The proxy's lock wants one thread.
    Thread.ofPlatform()
        .start(
            () -> {
              try (AutoCloseable silence = proxy.silence()) {
                silent.countDown();
                enough.await();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    silent.await();
    CompletableFuture<Void> start = start("5m");
    await(() -> log.getOut().contains("waiting up to 300 s for [" + kind.name));
    assertThat(start).isNotDone();
    enough.countDown();

    start.orTimeout(60, TimeUnit.SECONDS).join();
    assertThat(log.getOut()).contains("all stores answer");
  }

  @Test
  void redisThatReadsItsDataShouldBeWaitedFor(CapturedOutput log) throws Exception {
    try (ServerSocket loading = new ServerSocket(0)) {
      settings.put("spring.data.redis.url", "redis://127.0.0.1:" + loading.getLocalPort());
      CompletableFuture<Void> start = start("5m");
      answer(loading, "-LOADING Redis is loading the dataset in memory\r\n");
      answer(loading, "-LOADING Redis is loading the dataset in memory\r\n");
      assertThat(start).isNotDone();
      answer(loading, "-NOAUTH Authentication required.\r\n");

      start.orTimeout(60, TimeUnit.SECONDS).join();
    }
  }

  /** What no waiting will mend is for the start to report. */
  @ParameterizedTest
  @CsvSource({"nobody, x, postgres", "parley, parley, no_such_database"})
  void wrongSettingsShouldNotBeWaitedFor(
      String user, String password, String database, CapturedOutput log) {
    settings.put("spring.datasource.url", STORES.postgresUrl() + "/" + database);
    settings.put("spring.datasource.username", user);
    settings.put("spring.datasource.password", password);

    start("5m").orTimeout(60, TimeUnit.SECONDS).join();

    assertThat(log.getOut()).doesNotContain("waiting");
  }

  @Test
  void startShouldGoOnWhenTheTimeIsUp(CapturedOutput log) {
    settings.put("spring.data.redis.url", "redis://127.0.0.1:1");

    start("1s").orTimeout(60, TimeUnit.SECONDS).join();

    assertThat(log.getOut()).contains("starting without [Redis at 127.0.0.1:1]");
  }

  @Test
  void processWithoutTheSettingShouldWaitForNothing(CapturedOutput log) {
    settings.put("spring.data.redis.url", "redis://127.0.0.1:1");

    start(null).orTimeout(60, TimeUnit.SECONDS).join();

    assertThat(log.getOut()).doesNotContain("waiting");
  }

  private CompletableFuture<Void> start(@Nullable String limit) {
    if (limit != null) {
      settings.put("parley.stores.wait", limit);
    }
    GenericApplicationContext context = new GenericApplicationContext();
    context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", settings));
    context.getEnvironment().setConversionService(new ApplicationConversionService());
    return CompletableFuture.runAsync(
        () -> new AwaitStores().initialize(context), task -> Thread.ofVirtual().start(task));
  }

  private static void answer(ServerSocket server, String text) throws Exception {
    try (Socket client = server.accept()) {
      assertThat(client.getInputStream().read()).isEqualTo('P');
      client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
