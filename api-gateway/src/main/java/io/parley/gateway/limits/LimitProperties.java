package io.parley.gateway.limits;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param limits by name, which a refused client is told
 * @param limitScale multiplies every capacity, for load tests and for fleets behind one address
 */
@ConfigurationProperties("parley.gateway")
record LimitProperties(
    @DefaultValue Map<String, Settings> limits, @DefaultValue("1") double limitScale) {

  /** What the buckets of a limit are counted by. */
  enum Key {
    /** The client's address, for requests without a valid access token. */
    ADDRESS,
    /** The client's address, for access tokens that were not seen before and are worth nothing. */
    TOKEN,
    /** The user, for requests with one. */
    USER
  }

  /** What happens while Redis does not answer. */
  enum Fail {
    OPEN,
    CLOSED
  }

  /**
   * @param capacity requests that may come at once; zero switches the limit off
   * @param refill how long until an empty bucket is full again
   * @param requests as {@link io.parley.gateway.edge.RequestPattern} reads them
   */
  record Settings(long capacity, Duration refill, Key key, Fail fail, List<String> requests) {}
}
