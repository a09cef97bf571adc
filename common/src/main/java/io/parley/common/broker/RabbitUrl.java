package io.parley.common.broker;

import com.rabbitmq.client.ConnectionFactory;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.springframework.boot.amqp.autoconfigure.ConnectionFactoryCustomizer;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;

/**
 * Reads {@code amqp://user:password@host:port/vhost}, percent-encoded as the AMQP URI specification
 * has it; {@code spring.rabbitmq.addresses} would take "%2F" for the name of the vhost. Several,
 * comma separated, are the nodes of one cluster.
 */
final class RabbitUrl implements RabbitConnectionDetails, ConnectionFactoryCustomizer {

  private static final int AMQP_PORT = 5672;
  private static final int AMQPS_PORT = 5671;

  private final List<URI> nodes;

  RabbitUrl(String url) {
    this.nodes = Arrays.stream(url.split(",")).map(String::trim).map(URI::create).toList();
    for (URI node : nodes) {
      if (node.getHost() == null || !List.of("amqp", "amqps").contains(node.getScheme())) {
        throw new IllegalArgumentException(
            "PARLEY_RABBITMQ_URL must look like amqp://user:password@host:port/vhost");
      }
    }
  }

  private boolean isSecure() {
    return "amqps".equals(nodes.get(0).getScheme());
  }

  /** TLS with the JVM's own trust, and the host's name checked. */
  @Override
  public void customize(ConnectionFactory factory) {
    if (isSecure()) {
      try {
        factory.useSslProtocol(SSLContext.getDefault());
        factory.enableHostnameVerification();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public String getUsername() {
    return decoded(credentials()[0]);
  }

  @Override
  public String getPassword() {
    return credentials().length == 2 ? decoded(credentials()[1]) : "";
  }

  @Override
  public String getVirtualHost() {
    String path = nodes.get(0).getRawPath();
    return path == null || path.length() <= 1 ? "/" : decoded(path.substring(1));
  }

  @Override
  public List<Address> getAddresses() {
    return nodes.stream().map(node -> new Address(node.getHost(), port(node))).toList();
  }

  private int port(URI node) {
    int usual = isSecure() ? AMQPS_PORT : AMQP_PORT;
    return node.getPort() < 0 ? usual : node.getPort();
  }

  private String[] credentials() {
    String userInfo = nodes.get(0).getRawUserInfo();
    return (userInfo == null ? "guest:guest" : userInfo).split(":", 2);
  }

  /** Not as in a form: a plus is a plus. */
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
