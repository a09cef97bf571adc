package io.parley.group.moderation;

import io.parley.common.edge.Page;
import io.parley.common.events.GroupMembersChanged.DeleteMessages;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.group.audit.Audit;
import io.parley.group.roster.Ban;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.Roster;
import io.parley.group.rules.Act;
import io.parley.group.rules.Until;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Shutting users out of a group. */
@Service
class Bans {

  private final Roster roster;
  private final Audit audit;

  Bans(Roster roster, Audit audit) {
    this.roster = roster;
    this.audit = audit;
  }

  /**
   * Bans a member of a lower role, who is removed at once, or somebody who is no member. A ban that
   * stands is made anew. What the user wrote is deleted by message-service, as far as the command
   * says.
   *
   * @throws ProblemException 400 {@code invalid-request}; 403 {@code forbidden}; 404 {@code
   *     not-found}
   */
  @Transactional
  public BanView ban(UserId caller, GroupId id, UserId user, BanUser command) {
    return roster.change(
        id,
        change -> {
          change.require(caller, Act.BAN);
          if (caller.equals(user)) {
            throw new ProblemException(CommonProblem.FORBIDDEN, "Nobody bans themselves");
          }
          if (change.member(user).isPresent()) {
            change.requireOn(caller, user, Act.BAN);
          }
          Ban ban =
              change.ban(
                  user,
                  command.reasonOrEmpty(),
                  Until.checked("until", command.until(), change.now()),
                  caller,
                  deleted(user, command.messages(), change.now()));
          audit.record(
              caller,
              "group.member.banned",
              "user",
              user,
              Map.of(
                  "groupId", id.toString(),
                  "reason", ban.reason(),
                  "until", String.valueOf(ban.until()),
                  "deleteMessages", command.messages().value()));
          return BanView.of(ban);
        });
  }

  private static @Nullable DeleteMessages deleted(
      UserId user, BanUser.Messages messages, Instant now) {
    return messages == BanUser.Messages.NONE ? null : new DeleteMessages(user, messages.since(now));
  }

  /**
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}
   */
  @Transactional
  public void unban(UserId caller, GroupId id, UserId user) {
    roster.change(
        id,
        change -> {
          change.require(caller, Act.BAN);
          if (change.ban(user).isEmpty()) {
            throw new ProblemException(CommonProblem.NOT_FOUND, "The user is not banned");
          }
          change.unban(user);
          audit.record(
              caller, "group.member.unbanned", "user", user, Map.of("groupId", id.toString()));
          return id;
        });
  }

  /**
   * Those that stand.
   *
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}
   */
  @Transactional(readOnly = true)
  public Page<BanView> list(UserId caller, GroupId id, int limit, @Nullable UserId cursor) {
    roster.require(caller, id, Act.BAN);
    List<Ban> found = roster.bans(id, Optional.ofNullable(cursor), limit + 1);
    List<Ban> items = found.subList(0, Math.min(limit, found.size()));
    return new Page<>(
        items.stream().map(BanView::of).toList(),
        found.size() > limit ? items.getLast().user().toString() : null);
  }
}
