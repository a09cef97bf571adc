package io.parley.group.groups;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Groups, for users. */
@RestController
@RequestMapping("/api/v1/groups")
class GroupsController {

  private final Groups groups;

  GroupsController(Groups groups) {
    this.groups = groups;
  }

  @PostMapping
  @RequiresScope(Scope.GROUPS_MANAGE)
  ResponseEntity<GroupView> create(
      Caller caller,
      @Valid @RequestBody CreateGroup command,
      @RequestHeader(name = "Idempotency-Key", required = false)
          @Pattern(regexp = "[!-~]{1,64}", message = "must be 1 to 64 printable ASCII characters")
          @Nullable String idempotencyKey) {
    GroupView group = groups.create(caller.id(), command, idempotencyKey);
    return ResponseEntity.created(URI.create("/api/v1/groups/" + group.id())).body(group);
  }

  @GetMapping
  @RequiresScope(Scope.GROUPS_READ)
  Page<OwnGroupView> list(
      Caller caller,
      @RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit,
      @RequestParam(required = false) @Nullable GroupId cursor) {
    Page<OwnGroup> page = groups.list(caller.id(), limit, cursor);
    return new Page<>(page.items().stream().map(OwnGroupView::of).toList(), page.next());
  }

  @GetMapping("/{id}")
  @RequiresScope(Scope.GROUPS_READ)
  GroupView get(Caller caller, @PathVariable GroupId id) {
    return groups.get(caller.id(), id);
  }

  /** 201 for a new member, 200 for one who was there. */
  @PostMapping("/{id}/members")
  @RequiresScope(Scope.GROUPS_MANAGE)
  ResponseEntity<MembershipView> add(
      Caller caller, @PathVariable GroupId id, @Valid @RequestBody AddMember command) {
    Groups.Added added = groups.add(caller.id(), id, command.userId());
    return ResponseEntity.status(added.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
        .body(added.membership());
  }

  @DeleteMapping("/{id}/members/{userId}")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void remove(Caller caller, @PathVariable GroupId id, @PathVariable UserId userId) {
    groups.remove(caller.id(), id, userId);
  }
}
