package io.parley.group.erasure;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.group.invitations.Invitations;
import io.parley.group.links.Links;
import io.parley.group.moderation.Reports;
import io.parley.group.requests.JoinRequests;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.OwnGroup;
import io.parley.group.roster.Roster;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What is held of an account, for its owner. */
@Service
class Exports {

  private static final int PAGE = 500;

  private final Roster roster;
  private final Links links;
  private final Invitations invitations;
  private final JoinRequests requests;
  private final Reports reports;

  Exports(
      Roster roster, Links links, Invitations invitations, JoinRequests requests, Reports reports) {
    this.roster = roster;
    this.links = links;
    this.invitations = invitations;
    this.requests = requests;
    this.reports = reports;
  }

  /** By kind. Small: a line for each group that somebody is in. */
  @Transactional
  public Map<String, Object> of(UserId user) {
    Map<String, Object> held = new LinkedHashMap<>();
    held.put("memberships", memberships(user));
    held.put("bans", roster.bansOf(user));
    held.put("invitationLinks", links.export(user));
    held.put("invitations", invitations.export(user));
    held.put("joinRequests", requests.export(user));
    held.put("reports", reports.export(user));
    return held;
  }

  private List<ExportedMembership> memberships(UserId user) {
    List<ExportedMembership> all = new ArrayList<>();
    List<OwnGroup> page = roster.groupsOf(user, Optional.empty(), PAGE);
    while (!page.isEmpty()) {
      page.forEach(own -> all.add(ExportedMembership.of(own)));
      page = roster.groupsOf(user, Optional.of(page.getLast().group().id()), PAGE);
    }
    return all;
  }

  private record ExportedMembership(
      GroupId groupId,
      String groupName,
      GroupRole role,
      Instant joinedAt,
      @Nullable Instant mutedUntil,
      Map<GroupPermission, Boolean> overrides) {

    static ExportedMembership of(OwnGroup own) {
      return new ExportedMembership(
          own.group().id(),
          own.group().name(),
          own.membership().role(),
          own.membership().joinedAt(),
          own.membership().mutedUntil(),
          own.membership().overrides());
    }
  }
}
