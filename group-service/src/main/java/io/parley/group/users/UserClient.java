package io.parley.group.users;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.access.ServiceTokens;
import io.parley.common.edge.RequestIdFilter;
import io.parley.common.ids.UserId;
import io.parley.common.logs.LogFields;
import io.parley.common.nodes.NodeDirectory;
import io.parley.common.nodes.NodeRequests;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Asks user-service who users are, and whether they let one another be. */
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

  UserClient(
      RestClient.Builder builder,
      UserServiceProperties properties,
      NodeDirectory directory,
      ServiceTokens tokens) {
    this.http =
        NodeRequests.client(
            builder,
            directory.nodes(properties.url()),
            properties.connectTimeout(),
            properties.readTimeout());
    this.tokens = tokens;
  }

  /**
   * Those of the ids that are somebody's, as user-service knows them now.
   *
   * @throws ProblemException 503 when user-service does not answer
   */
  public List<KnownUser> lookUp(Collection<UserId> users) {
    return lookUp(users, null);
  }

  /**
   * @throws ProblemException 404 {@code unknown-user}; 503 when user-service does not answer
   */
  public List<KnownUser> requireKnown(Collection<UserId> users) {
    return requireKnown(users, null);
  }

  private List<KnownUser> requireKnown(Collection<UserId> users, @Nullable UserId viewer) {
    List<KnownUser> known = lookUp(users, viewer);
    Set<UserId> unknown = new LinkedHashSet<>(users);
    known.forEach(user -> unknown.remove(user.id()));
    if (!unknown.isEmpty()) {
      throw refusal(UserProblem.UNKNOWN_USER, "No such user: ", unknown);
    }
    return known;
  }

  /**
   * The users, whom the viewer may bring into a group.
   *
   * @throws ProblemException 404 {@code unknown-user}; 403 {@code blocked} when one of them and the
   *     viewer have blocked the other; 503 when user-service does not answer
   */
  public List<KnownUser> requireReachable(Collection<UserId> users, UserId viewer) {
    List<KnownUser> known = requireKnown(users, viewer);
    List<UserId> blocked = known.stream().filter(KnownUser::isBlocked).map(KnownUser::id).toList();
    if (!blocked.isEmpty()) {
      throw refusal(UserProblem.BLOCKED, "One of you has blocked the other: ", blocked);
    }
    return known;
  }

  private static ProblemException refusal(
      UserProblem problem, String detail, Collection<UserId> users) {
    List<String> named = users.stream().limit(NAMED).map(UserId::toString).toList();
    return new ProblemException(
        problem, detail + String.join(", ", named), Map.of("userIds", named));
  }

  private List<KnownUser> lookUp(Collection<UserId> users, @Nullable UserId viewer) {
    List<UserId> asked = List.copyOf(users);
    List<KnownUser> known = new ArrayList<>();
    for (int from = 0; from < asked.size(); from += BATCH) {
      known.addAll(ask(asked.subList(from, Math.min(from + BATCH, asked.size())), viewer));
    }
    return known;
  }

  private List<KnownUser> ask(List<UserId> ids, @Nullable UserId viewer) {
    try {
      Found found =
          http.post()
              .uri("/internal/users/lookup")
              .contentType(MediaType.APPLICATION_JSON)
              .headers(this::identify)
              .body(viewer == null ? Map.of("ids", ids) : Map.of("ids", ids, "viewer", viewer))
              .retrieve()
              .body(Found.class);
      if (found == null) {
        throw new RestClientException("empty answer");
      }
      return found.items();
    } catch (RestClientException e) {
      log.warn("user-service does not answer: {}", e.toString());
      throw new ProblemException(
          CommonProblem.STORE_UNAVAILABLE, "user-service does not answer; try again shortly");
    }
  }

  private void identify(HttpHeaders headers) {
    headers.set(HttpHeaders.AUTHORIZATION, tokens.bearer(SERVICE));
    String requestId = MDC.get(LogFields.REQUEST);
    if (requestId != null) {
      headers.set(RequestIdFilter.HEADER, requestId);
    }
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Found(List<KnownUser> items) {}
}
