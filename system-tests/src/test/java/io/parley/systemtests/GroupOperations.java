package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.register;

import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.systemtests.GroupAccessIT.Who;
import io.parley.systemtests.RunningFleet.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Everything that can be done in a group, by name, and the groups to try it in. */
final class GroupOperations {

  private static final String API = "/api/v1";

  private final Map<Who, User> actors = new LinkedHashMap<>();
  private final User somebody = register("somebody");
  private final User outsider = register("outsider");
  private final Map<String, Operation> operations = new LinkedHashMap<>();

  GroupOperations() {
    for (Who who : Who.values()) {
      actors.put(who, register(who.name().toLowerCase(Locale.ROOT)));
    }
    add("see the group", s -> s.get(""));
    add("see a public group", s -> s.get(""));
    add("list members", s -> s.get("/members"));
    add("list members of a public group", s -> s.get("/members"));
    add("see somebody", s -> s.get("/members/" + somebody.id()));
    add("see oneself", s -> s.get("/members/me"));
    add("rename", s -> s.edit(Map.of("name", "Renamed")));
    add("change settings", s -> s.edit(Map.of("settings", Map.of("slowModeSeconds", 5))));
    add("set an avatar that is none", s -> s.call("PUT", "/avatar", "no picture"));
    add("remove the avatar", s -> s.call("DELETE", "/avatar", ""));
    add("archive", s -> s.post("/archive", ""));
    add("unarchive", s -> s.post("/unarchive", ""));
    add("delete", s -> s.call("DELETE", "", ""));
    add("add an outsider", s -> s.post("/members", Map.of("userId", outsider.id())));
    add("join", s -> s.post("/join", ""));
    add("join a public group", s -> s.post("/join", ""));
    add("remove somebody", s -> s.call("DELETE", "/members/" + somebody.id(), ""));
    add("remove the owner", s -> s.call("DELETE", "/members/" + owner().id(), ""));
    add("leave", s -> s.call("DELETE", "/members/" + s.actor().id(), ""));
    add("make somebody moderator", s -> s.role(somebody, "moderator"));
    add("make somebody admin", s -> s.role(somebody, "admin"));
    add("demote the owner", s -> s.role(owner(), "member"));
    add(
        "let somebody pin",
        s ->
            s.call("PATCH", "/members/" + somebody.id(), Map.of("overrides", Map.of("pin", true))));
    add(
        "mute somebody",
        s ->
            s.call(
                "PUT",
                "/members/" + somebody.id() + "/mute",
                Map.of("until", Instant.now().plusSeconds(60).toString())));
    add("unmute somebody", s -> s.call("DELETE", "/members/" + somebody.id() + "/mute", ""));
    add("transfer ownership", s -> s.call("PUT", "/owner", Map.of("userId", somebody.id())));
    add("make a link", s -> s.post("/invitation-links", Map.of()));
    add("list links", s -> s.get("/invitation-links"));
    add(
        "revoke a link",
        s ->
            s.call(
                "DELETE",
                "/invitation-links/"
                    + s.byOwner("/invitation-links", Map.of()).get("id").asString(),
                ""));
    add("preview a link", s -> s.useLink("preview", Map.of()));
    add("redeem a link", s -> s.useLink("redeem", Map.of()));
    add("invite an outsider", s -> s.post("/invitations", Map.of("userId", outsider.id())));
    add("list invitations", s -> s.get("/invitations"));
    add(
        "withdraw an invitation",
        s -> {
          s.byOwner("/invitations", Map.of("userId", outsider.id()));
          return s.call("DELETE", "/invitations/" + outsider.id(), "");
        });
    add("accept one's invitation", s -> s.answerInvitation("accept"));
    add("decline one's invitation", s -> s.answerInvitation("decline"));
    add("ask to join", s -> s.post("/join-requests", Map.of()));
    add("ask to join a public group", s -> s.post("/join-requests", Map.of()));
    add("list requests", s -> s.get("/join-requests"));
    add("approve a request", s -> s.decideRequest("approve"));
    add("decline a request", s -> s.decideRequest("decline"));
    add("ban somebody", s -> s.call("PUT", "/bans/" + somebody.id(), Map.of()));
    add("ban an outsider", s -> s.call("PUT", "/bans/" + outsider.id(), Map.of()));
    add("unban", s -> s.call("DELETE", "/bans/" + actors.get(Who.BANNED).id(), ""));
    add("list bans", s -> s.get("/bans"));
    add("report somebody", s -> s.report(s.actor()));
    add("list reports", s -> s.get("/reports"));
    add(
        "decide a report",
        s ->
            s.post(
                "/reports/" + s.report(somebody).json().get("id").asString() + "/resolve",
                Map.of("outcome", "dismissed")));
    add("list everybody's reports", s -> s.http().get(API + "/admin/reports"));
    addSettling("read the history", s -> s.conversation("GET", "/messages", ""));
    addSettling("catch up", s -> s.conversation("GET", "/events?after=0", ""));
    addSettling(
        "write",
        s ->
            s.conversation(
                "POST",
                "/messages",
                Map.of("clientMessageId", UUID.randomUUID().toString(), "text", "hello")));
    addSettling(
        "delete somebody's message",
        s -> s.conversation("DELETE", "/messages/" + s.seqOfSomebodysMessage(), ""));
    addSettling("move the read marker", s -> s.conversation("PUT", "/read", Map.of("seq", 0)));
  }

  /** By the names of the table. */
  Map<String, Operation> all() {
    return operations;
  }

  /** A new group in which somebody is a member, and the actor is who they are to be. */
  Scene scene(Who who, String operation) {
    User actor = actors.get(who);
    User banned = actors.get(Who.BANNED);
    List<String> members = new ArrayList<>(List.of(somebody.id(), banned.id()));
    if (who != Who.STRANGER && who != Who.BANNED && who != Who.OWNER) {
      members.add(actor.id());
    }
    String visibility = operation.contains("public") ? "public" : "private";
    Answer made =
        owner()
            .http()
            .post(
                API + "/groups",
                Map.of("name", "Access", "visibility", visibility, "memberIds", members));
    String group = API + "/groups/" + done(made).json().get("id").asString();
    done(owner().http().put(group + "/bans/" + banned.id(), Map.of()));
    if (who == Who.MODERATOR || who == Who.ADMIN) {
      done(
          owner()
              .http()
              .call(
                  "PATCH",
                  group + "/members/" + actor.id(),
                  Map.of("role", who.name().toLowerCase(Locale.ROOT))));
    }
    return new Scene(group, actor);
  }

  private User owner() {
    return actors.get(Who.OWNER);
  }

  private void add(String name, Function<Scene, Answer> call) {
    operations.put(name, new Operation(call, false));
  }

  private void addSettling(String name, Function<Scene, Answer> call) {
    operations.put(name, new Operation(call, true));
  }

  private static Answer done(Answer answer) {
    if (answer.status() / 100 != 2) {
      throw new AssertionError(answer.status() + " " + answer.response().body());
    }
    return answer;
  }

  /**
   * @param settles whether the answer follows the group a moment later
   */
  record Operation(Function<Scene, Answer> call, boolean settles) {

    Answer by(Scene scene) {
      return call.apply(scene);
    }
  }

  /** One group and who does something in it. */
  final class Scene {

    private final String group;
    private final User actor;

    private Scene(String group, User actor) {
      this.group = group;
      this.actor = actor;
    }

    User actor() {
      return actor;
    }

    Http http() {
      return actor.http();
    }

    Answer get(String path) {
      return http().get(group + path);
    }

    Answer post(String path, Object body) {
      return http().post(group + path, body);
    }

    Answer call(String method, String path, Object body) {
      return http().call(method, group + path, body);
    }

    Answer role(User user, String role) {
      return call("PATCH", "/members/" + user.id(), Map.of("role", role));
    }

    /** With the ETag that the owner sees, so that only the right to edit is asked. */
    Answer edit(Map<String, ?> change) {
      String etag = owner().http().get(group).response().headers().firstValue("etag").orElseThrow();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(RunningFleet.GATEWAY + group))
              .header("Content-Type", "application/json")
              .header("Authorization", "Bearer " + actor.accessToken())
              .header("If-Match", etag)
              .method(
                  "PATCH",
                  HttpRequest.BodyPublishers.ofString(
                      JsonMapper.shared().writeValueAsString(change)))
              .build();
      try (HttpClient client = HttpClient.newHttpClient()) {
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(
            response.statusCode(), JsonMapper.shared().readTree(response.body()), response);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    JsonNode byOwner(String path, Object body) {
      return done(owner().http().post(group + path, body)).json();
    }

    Answer useLink(String use, Map<String, ?> link) {
      String token = byOwner("/invitation-links", link).get("token").asString();
      return http().post(API + "/invitations/links/" + use, Map.of("token", token));
    }

    /** The owner has invited the actor, where that can be. */
    Answer answerInvitation(String answer) {
      Answer invited = owner().http().post(group + "/invitations", Map.of("userId", actor.id()));
      String id =
          invited.status() == 201
              ? invited.json().get("id").asString()
              : UUID.randomUUID().toString();
      return http().post(API + "/invitations/" + id + "/" + answer, "");
    }

    /** The outsider has asked, by a link. */
    Answer decideRequest(String decision) {
      String token =
          byOwner("/invitation-links", Map.of("needsApproval", true)).get("token").asString();
      done(outsider.http().post(API + "/invitations/links/redeem", Map.of("token", token)));
      return post("/join-requests/" + outsider.id() + "/" + decision, "");
    }

    Answer report(User reporter) {
      String id = group.substring(group.lastIndexOf('/') + 1);
      return reporter
          .http()
          .post(
              API + "/reports", Map.of("groupId", id, "userId", somebody.id(), "reason", "other"));
    }

    Answer conversation(String method, String path, Object body) {
      return http().call(method, API + conversation() + path, body);
    }

    long seqOfSomebodysMessage() {
      Map<String, String> message =
          Map.of("clientMessageId", UUID.randomUUID().toString(), "text", "a slip");
      return done(somebody.http().post(API + conversation() + "/messages", message))
          .json()
          .get("seq")
          .asLong();
    }

    private String conversation() {
      return "/conversations/" + group.substring(group.lastIndexOf('/') + 1);
    }
  }
}
