package io.parley.group.rules;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** What a group refuses. The slugs are wire contracts. */
public enum GroupProblem implements ProblemType {
  GROUP_FULL(HttpStatus.CONFLICT, "group-full", "The group can not have more members"),
  GROUP_ARCHIVED(HttpStatus.CONFLICT, "group-archived", "The group is archived"),
  OWNER_MUST_TRANSFER(
      HttpStatus.CONFLICT,
      "owner-must-transfer",
      "The owner can not leave; make somebody else the owner first"),
  BANNED(HttpStatus.FORBIDDEN, "banned", "Banned from this group"),
  APPROVAL_NEEDED(
      HttpStatus.FORBIDDEN, "approval-needed", "Who wants to join this group has to ask"),
  INVITATION_GONE(
      HttpStatus.GONE, "invitation-gone", "The invitation has expired, is used up or was revoked"),
  EDITED_MEANWHILE(
      HttpStatus.PRECONDITION_FAILED,
      "edited-meanwhile",
      "The group was edited since it was read; read it again"),
  IF_MATCH_REQUIRED(
      HttpStatus.PRECONDITION_REQUIRED,
      "if-match-required",
      "An edit needs If-Match with the ETag of what was read");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  GroupProblem(HttpStatus status, String slug, String title) {
    this.status = status;
    this.slug = slug;
    this.title = title;
  }

  @Override
  public HttpStatus status() {
    return status;
  }

  @Override
  public String slug() {
    return slug;
  }

  @Override
  public String title() {
    return title;
  }
}
