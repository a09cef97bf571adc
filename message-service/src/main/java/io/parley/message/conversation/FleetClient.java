package io.parley.message.conversation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.access.ServiceTokens;
import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.common.nodes.NodeDirectory;
import io.parley.common.nodes.NodeRequests;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Asks user-service and group-service, with a service token, what this service does not hold
 * itself: whether a user exists, who has a username, and a group that its projection has not seen
 * yet. Never on a plain send.
 */
@Component
public class FleetClient {

  /**
   * @param userUrl base URLs of user-service; a name stands for all its addresses
   * @param groupUrl those of group-service
   * @param timeout for a whole call
   * @param groupTimeout for a whole group, which may have thousands of members
   */
  @ConfigurationProperties("parley.fleet")
  record Properties(
      List<URI> userUrl,
      List<URI> groupUrl,
      @DefaultValue("2s") Duration timeout,
      @DefaultValue("10s") Duration groupTimeout) {}

  /** A group as group-service answers it: all of it, as of one version. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Group(
      UUID id,
      String name,
      long version,
      boolean archived,
      @Nullable GroupPolicy policy,
      List<GroupMember> members) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record GroupMember(
      UserId userId,
      GroupRole role,
      @Nullable Instant mutedUntil,
      @Nullable Map<GroupPermission, Boolean> overrides) {}

  /** The version at which a group is. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record GroupVersion(UUID id, long version) {}

  /**
   * @param next pass as {@code after}; null on the last page
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record GroupVersions(List<GroupVersion> items, @Nullable String next) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Users(List<User> items) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Names(List<Name> items) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Name(
      UserId id, String username, @Nullable String displayName, @Nullable Boolean readReceipts) {}

  /**
   * An account as it is now.
   *
   * @param locked true, or else absent
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Account(UserId id, String username, @Nullable Boolean locked) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Accounts(List<Account> items) {}

  /** A user as user-service answers it to somebody; {@code blocked} by the one or the other. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record User(UserId id, boolean blocked) {}

  /**
   * @param next pass as {@code after}; null on the last page
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record BlockPage(List<Block> items, @Nullable String next) {}

  /** A block that stands. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Block(UserId blocker, UserId blocked, long version) {}

  /** Somebody who wants to see another's presence. */
  public record Look(UserId viewer, UserId owner) {}

  /**
   * A look that is allowed.
   *
   * @param lastSeen whether it reaches to when the owner was last online
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record AllowedLook(UserId viewer, UserId owner, boolean lastSeen) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record AllowedLooks(List<AllowedLook> items) {}

  private static final Logger log = LoggerFactory.getLogger(FleetClient.class);

  private static final int LOOK_UP_AT_ONCE = 1_000;

  private final RestClient users;
  private final RestClient groups;
  private final ServiceTokens tokens;

  FleetClient(
      Properties properties,
      RestClient.Builder builder,
      NodeDirectory directory,
      ServiceTokens tokens) {
    Duration connect = properties.timeout();
    this.users =
        NodeRequests.client(builder, directory.nodes(properties.userUrl()), connect, connect);
    this.groups =
        NodeRequests.client(
            builder, directory.nodes(properties.groupUrl()), connect, properties.groupTimeout());
    this.tokens = tokens;
  }

  /**
   * @param viewer the one who wants to deal with them
   * @return null when there is no such user
   */
  public @Nullable User user(UserId user, UserId viewer) {
    Users found =
        call(
            () ->
                users
                    .post()
                    .uri("/internal/users/lookup")
                    .header(HttpHeaders.AUTHORIZATION, tokens.bearer("user-service"))
                    .body(Map.of("ids", List.of(user), "viewer", viewer))
                    .retrieve()
                    .body(Users.class));
    return found == null
        ? null
        : found.items().stream().filter(item -> item.id().equals(user)).findAny().orElse(null);
  }

  /** Null when there is no such account. */
  public @Nullable Account account(UserId user) {
    Accounts found =
        call(
            () ->
                users
                    .post()
                    .uri("/internal/users/lookup")
                    .header(HttpHeaders.AUTHORIZATION, tokens.bearer("user-service"))
                    .body(Map.of("ids", List.of(user)))
                    .retrieve()
                    .body(Accounts.class));
    return found == null || found.items().isEmpty() ? null : found.items().getFirst();
  }

  /**
   * What others call these users.
   *
   * @return without those that do not exist
   */
  public Map<UserId, String> displayNames(Collection<UserId> asked) {
    Map<UserId, String> names = new HashMap<>();
    for (Name name : lookUp(asked)) {
      String shown = name.displayName();
      names.put(name.id(), shown == null || shown.isBlank() ? name.username() : shown);
    }
    return names;
  }

  /**
   * Those who have their read receipts on: others see how far they have read, and they how far
   * others have. A user-service that knows nothing of that has it on for everybody.
   */
  public Set<UserId> withReadReceipts(Collection<UserId> asked) {
    Set<UserId> on = new HashSet<>();
    for (Name name : lookUp(asked)) {
      if (!Boolean.FALSE.equals(name.readReceipts())) {
        on.add(name.id());
      }
    }
    return on;
  }

  private List<Name> lookUp(Collection<UserId> asked) {
    List<UserId> all = List.copyOf(asked);
    List<Name> found = new ArrayList<>();
    for (int i = 0; i < all.size(); i += LOOK_UP_AT_ONCE) {
      found.addAll(lookUpSome(all.subList(i, Math.min(all.size(), i + LOOK_UP_AT_ONCE))));
    }
    return found;
  }

  private List<Name> lookUpSome(List<UserId> asked) {
    Names found =
        call(
            () ->
                users
                    .post()
                    .uri("/internal/users/lookup")
                    .header(HttpHeaders.AUTHORIZATION, tokens.bearer("user-service"))
                    .body(Map.of("ids", asked))
                    .retrieve()
                    .body(Names.class));
    return found == null ? List.of() : found.items();
  }

  /**
   * Who has these usernames.
   *
   * @param usernames in lower case, 500 at most
   * @return without those that are nobody's
   */
  public Map<String, UserId> named(Collection<String> usernames) {
    Names found =
        call(
            () ->
                users
                    .post()
                    .uri("/internal/users/by-username")
                    .header(HttpHeaders.AUTHORIZATION, tokens.bearer("user-service"))
                    .body(Map.of("usernames", usernames))
                    .retrieve()
                    .body(Names.class));
    Map<String, UserId> named = new HashMap<>();
    if (found != null) {
      found.items().forEach(name -> named.put(name.username(), name.id()));
    }
    return named;
  }

  /**
   * @return those that are allowed, by the owners' settings, contacts and blocks
   */
  public List<AllowedLook> allowed(List<Look> looks) {
    List<AllowedLook> allowed = new ArrayList<>();
    for (int i = 0; i < looks.size(); i += LOOK_UP_AT_ONCE) {
      List<Look> some = looks.subList(i, Math.min(looks.size(), i + LOOK_UP_AT_ONCE));
      AllowedLooks found =
          call(
              () ->
                  users
                      .post()
                      .uri("/internal/users/presence-audience")
                      .header(HttpHeaders.AUTHORIZATION, tokens.bearer("user-service"))
                      .body(Map.of("looks", some))
                      .retrieve()
                      .body(AllowedLooks.class));
      if (found != null) {
        allowed.addAll(found.items());
      }
    }
    return allowed;
  }

  /**
   * All blocks that stand, a page at a time.
   *
   * @param after the {@code next} of the page before
   */
  public BlockPage blocks(@Nullable String after, int limit) {
    BlockPage page =
        call(
            () ->
                users
                    .get()
                    .uri(
                        uri ->
                            uri.path("/internal/blocks")
                                .queryParam("limit", limit)
                                .queryParamIfPresent("after", Optional.ofNullable(after))
                                .build())
                    .header(HttpHeaders.AUTHORIZATION, tokens.bearer("user-service"))
                    .retrieve()
                    .body(BlockPage.class));
    return page == null ? new BlockPage(List.of(), null) : page;
  }

  /** Null when there is no such group. */
  public @Nullable Group group(UUID id) {
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

  /**
   * One page of all groups, ordered by id.
   *
   * @param after the last page's {@code next}; null: the first page
   */
  public GroupVersions groups(@Nullable String after, int limit) {
    GroupVersions page =
        call(
            () ->
                groups
                    .get()
                    .uri(
                        uri ->
                            uri.path("/internal/groups")
                                .queryParam("limit", limit)
                                .queryParamIfPresent("after", Optional.ofNullable(after))
                                .build())
                    .header(HttpHeaders.AUTHORIZATION, tokens.bearer("group-service"))
                    .retrieve()
                    .body(GroupVersions.class));
    return page == null ? new GroupVersions(List.of(), null) : page;
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
