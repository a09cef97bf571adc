package io.parley.notification.webpush;

import io.parley.notification.device.WebPushEndpoints;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.nio.entity.DiscardingEntityConsumer;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;
import org.apache.hc.core5.http.nio.support.BasicResponseConsumer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/**
 * Posts to servers that users name. So it connects to public addresses only, decided on what it
 * connects to and not on an earlier look-up; follows no redirect; and reads nothing of a body.
 */
final class WebPushClient implements AutoCloseable {

  private static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(5);
  private static final int MAX_CONNECTIONS = 500;

  /** Most users' push service is one of three. */
  private static final int MAX_CONNECTIONS_OF_ONE = 200;

  private static final int MAX_HEADERS = 100;
  private static final int MAX_LINE_CHARS = 16_384;

  private final CloseableHttpAsyncClient http;

  WebPushClient(WebPushEndpoints endpoints, Duration timeout) {
    Timeout answer = Timeout.of(timeout);
    this.http =
        HttpAsyncClients.custom()
            .setConnectionManager(
                PoolingAsyncClientConnectionManagerBuilder.create()
                    .setDnsResolver(new AllowedAddresses(endpoints))
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(CONNECT_TIMEOUT)
                            .setSocketTimeout(answer)
                            .build())
                    .setMaxConnTotal(MAX_CONNECTIONS)
                    .setMaxConnPerRoute(MAX_CONNECTIONS_OF_ONE)
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(answer)
                    .setResponseTimeout(answer)
                    .build())
            .setHttp1Config(
                Http1Config.custom()
                    .setMaxHeaderCount(MAX_HEADERS)
                    .setMaxLineLength(MAX_LINE_CHARS)
                    .build())
            .setUserAgent("Parley")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .build();
    http.start();
  }

  Future<Message<HttpResponse, Void>> post(
      String endpoint, Map<String, String> headers, byte[] body) {
    AsyncRequestBuilder request = AsyncRequestBuilder.post(endpoint);
    headers.forEach(request::addHeader);
    request.setEntity(body, ContentType.APPLICATION_OCTET_STREAM);
    return http.execute(
        request.build(), new BasicResponseConsumer<>(new DiscardingEntityConsumer<>()), null);
  }

  @Override
  public void close() {
    http.close(CloseMode.IMMEDIATE);
  }

  private record AllowedAddresses(WebPushEndpoints endpoints) implements DnsResolver {

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      InetAddress[] allowed =
          Arrays.stream(SystemDefaultDnsResolver.INSTANCE.resolve(host))
              .filter(endpoints::mayConnectTo)
              .toArray(InetAddress[]::new);
      if (allowed.length == 0) {
        throw new PrivateAddressException(host);
      }
      return allowed;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
      return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
    }
  }
}
