package io.parley.notification.push;

import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.firebase.FirebaseApp;
import com.google.firebase.FirebaseOptions;
import com.google.firebase.ThreadManager;
import com.google.firebase.internal.ApacheHttp2Transport;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpHost;

/** firebase-admin's entry, for the real FCM or for a stand-in at another address. */
final class FcmApp {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

  private FcmApp() {}

  /**
   * @throws IllegalStateException when the file is not a service account's JSON
   */
  static FirebaseApp real(Path serviceAccount) {
    try (InputStream in = Files.newInputStream(serviceAccount)) {
      return app(FirebaseOptions.builder().setCredentials(GoogleCredentials.fromStream(in)));
    } catch (IOException e) {
      throw new IllegalStateException(
          "PARLEY_FCM_CREDENTIALS: " + serviceAccount + " is not a service account: " + e, e);
    }
  }

  /**
   * The client is firebase-admin's own, with every connection led to the stand-in: the requests are
   * what FCM would get, but for TLS and the token.
   *
   * @throws IllegalStateException when the endpoint is not http(s)://host[:port]
   */
  static FirebaseApp standIn(String address, String project) {
    URI endpoint = endpoint(address);
    HttpRoute route =
        new HttpRoute(
            new HttpHost(endpoint.getScheme(), endpoint.getHost(), port(endpoint)),
            null,
            "https".equals(endpoint.getScheme()));
    return app(
        FirebaseOptions.builder()
            .setProjectId(project)
            .setCredentials(new StandInCredentials())
            .setHttpTransport(
                new ApacheHttp2Transport(
                    ApacheHttp2Transport.defaultHttpAsyncClientBuilder()
                        .setRoutePlanner((target, context) -> route)
                        .build())));
  }

  private static FirebaseApp app(FirebaseOptions.Builder options) {
    return FirebaseApp.initializeApp(
        options
            .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
            .setReadTimeout((int) READ_TIMEOUT.toMillis())
            .setThreadManager(new VirtualThreads())
            .build(),
        "parley-" + UUID.randomUUID());
  }

  private static URI endpoint(String address) {
    try {
      URI endpoint = new URI(address);
      if (Set.of("http", "https").contains(String.valueOf(endpoint.getScheme()))
          && endpoint.getHost() != null
          && Set.of("", "/").contains(endpoint.getPath())) {
        return endpoint;
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new IllegalStateException(
        "PARLEY_FCM_ENDPOINT must be like http://host:port, without a path: " + address);
  }

  private static int port(URI endpoint) {
    return endpoint.getPort() > 0
        ? endpoint.getPort()
        : "https".equals(endpoint.getScheme()) ? 443 : 80;
  }

  /** firebase-admin asks for a new token when a push is answered 401. */
  private static final class StandInCredentials extends GoogleCredentials {

    private static final long serialVersionUID = 1L;

    @Override
    public AccessToken refreshAccessToken() {
      return new AccessToken("stand-in", Date.from(Instant.parse("9999-01-01T00:00:00Z")));
    }
  }

  /** A thread waits for each push, in a retry for up to a minute. */
  private static final class VirtualThreads extends ThreadManager {

    @Override
    protected ExecutorService getExecutor(FirebaseApp app) {
      return Executors.newThreadPerTaskExecutor(getThreadFactory());
    }

    @Override
    protected void releaseExecutor(FirebaseApp app, ExecutorService executor) {
      executor.shutdownNow();
    }

    @Override
    protected ThreadFactory getThreadFactory() {
      return Thread.ofVirtual().name("fcm-", 0).factory();
    }
  }
}
