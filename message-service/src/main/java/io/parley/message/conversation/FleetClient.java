package io.parley.message.conversation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.access.ServiceTokens;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Asks user-service and group-service, with a service token, what this service does not hold
 * itself: whether a user exists, and a group that its projection has not seen yet. Never on a plain
 * send.
 */
@Component
class FleetClient {

  /**
   * @param userUrl base URL of user-service
   * @param groupUrl base URL of group-service
   * @param timeout for a whole call
   */
  @ConfigurationProperties("parley.fleet")
  record Properties(String userUrl, String groupUrl, @DefaultValue("2s") Duration timeout) {}

  /** A group as group-service answers it. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Group(UUID id, String name, long version, List<Member> members) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Member(UserId userId, GroupRole role) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Users(List<Map<String, Object>> items) {}

  private static final Logger log = LoggerFactory.getLogger(FleetClient.class);

  private final RestClient users;
  private final RestClient groups;
  private final ServiceTokens tokens;

  FleetClient(Properties properties, RestClient.Builder builder, ServiceTokens tokens) {
    HttpClient http = HttpClient.newBuilder().connectTimeout(properties.timeout()).build();
    JdkClientHttpRequestFactory factory = new JdkClientHttpRequestFactory(http);
    factory.setReadTimeout(properties.timeout());
    this.users = builder.clone().requestFactory(factory).baseUrl(properties.userUrl()).build();
    this.groups = builder.clone().requestFactory(factory).baseUrl(properties.groupUrl()).build();
    this.tokens = tokens;
  }

  boolean userExists(UserId user) {
    Users found =
        call(
            () ->
                users
                    .post()
                    .uri("/internal/users/lookup")
                    .header(HttpHeaders.AUTHORIZATION, tokens.bearer("user-service"))
                    .body(Map.of("ids", List.of(user)))
                    .retrieve()
                    .body(Users.class));
    return found != null && !found.items().isEmpty();
  }

  /** Null when there is no such group. */
  @Nullable Group group(UUID id) {
    return call(
        () -> {
          try {
            return groups
                .get()
                .uri("/internal/groups/{id}", id)
                .header(HttpHeaders.AUTHORIZATION, tokens.bearer("group-service"))
                .retrieve()
                .body(Group.class);
          } catch (HttpClientErrorException.NotFound e) {
            return null;
          }
        });
  }

  private static <T> @Nullable T call(Supplier<@Nullable T> call) {
    try {
      return call.get();
    } catch (RestClientException e) {
      log.warn("a service does not answer: {}", e.toString());
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "A service does not answer");
    }
  }
}
