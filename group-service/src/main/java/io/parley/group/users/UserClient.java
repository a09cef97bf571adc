package io.parley.group.users;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.access.ServiceTokens;
import io.parley.common.edge.RequestIdFilter;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Asks user-service which users exist. */
@Component
public class UserClient {

  private static final Logger log = LoggerFactory.getLogger(UserClient.class);

  private static final String SERVICE = "user-service";

  /** Users in one question; user-service answers at most 1,000. */
  private static final int BATCH = 500;

  /** A refusal names at most so many ids. */
  private static final int NAMED = 20;

  private final RestClient http;
  private final ServiceTokens tokens;

  UserClient(RestClient.Builder builder, UserServiceProperties properties, ServiceTokens tokens) {
    JdkClientHttpRequestFactory requests =
        new JdkClientHttpRequestFactory(
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(properties.connectTimeout())
                .build());
    requests.setReadTimeout(properties.readTimeout());
    this.http = builder.baseUrl(properties.url().toString()).requestFactory(requests).build();
    this.tokens = tokens;
  }

  /**
   * Refuses ids that are nobody's.
   *
   * @throws ProblemException 404 {@code unknown-user}; 503 when user-service does not answer
   */
  public void requireExisting(Collection<UserId> users) {
    List<UserId> asked = new ArrayList<>(users);
    Set<UserId> unknown = new LinkedHashSet<>(asked);
    for (int from = 0; from < asked.size(); from += BATCH) {
      known(asked.subList(from, Math.min(from + BATCH, asked.size()))).forEach(unknown::remove);
    }
    if (!unknown.isEmpty()) {
      List<String> named = unknown.stream().limit(NAMED).map(UserId::toString).toList();
      throw new ProblemException(
          UserProblem.UNKNOWN_USER,
          "No such user: " + String.join(", ", named),
          Map.of("userIds", named));
    }
  }

  private Set<UserId> known(List<UserId> ids) {
    try {
      Found found =
          http.post()
              .uri("/internal/users/lookup")
              .contentType(MediaType.APPLICATION_JSON)
              .headers(this::identify)
              .body(Map.of("ids", ids))
              .retrieve()
              .body(Found.class);
      if (found == null) {
        throw new RestClientException("empty answer");
      }
      return found.items().stream().map(User::id).collect(Collectors.toSet());
    } catch (RestClientException e) {
      log.warn("user-service does not answer: {}", e.toString());
      throw new ProblemException(
          CommonProblem.STORE_UNAVAILABLE, "user-service does not answer; try again shortly");
    }
  }

  private void identify(HttpHeaders headers) {
    headers.set(HttpHeaders.AUTHORIZATION, tokens.bearer(SERVICE));
    String requestId = MDC.get(RequestIdFilter.MDC_KEY);
    if (requestId != null) {
      headers.set(RequestIdFilter.HEADER, requestId);
    }
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Found(List<User> items) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record User(UserId id) {}
}
