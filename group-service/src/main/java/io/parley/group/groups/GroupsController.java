package io.parley.group.groups;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.images.Avatar;
import io.parley.common.postgres.ReplicaReads;
import io.parley.common.problems.Refuses;
import io.parley.common.text.PlainText;
import io.parley.group.idempotency.ValidKey;
import io.parley.group.roster.GroupId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Groups, for users. */
@RestController
@Tag(name = "groups", description = "Groups: making, finding, changing and deleting them")
@RequestMapping("/api/v1/groups")
class GroupsController {

  private final Groups groups;
  private final ReplicaReads reads;

  GroupsController(Groups groups, ReplicaReads reads) {
    this.groups = groups;
    this.reads = reads;
  }

  /** Makes a group whose owner is the caller. */
  @Operation(summary = "Create a group")
  @ApiResponse(
      responseCode = "201",
      description = "The group",
      headers = {
        @Header(name = "Location", schema = @Schema(type = "string")),
        @Header(name = "ETag", schema = @Schema(type = "string"))
      })
  @PostMapping
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"blocked", "unknown-user", "group-full", "idempotency-key-reused"})
  ResponseEntity<GroupView> create(
      Caller caller,
      @Valid @RequestBody CreateGroup command,
      @RequestHeader(name = "Idempotency-Key", required = false) @ValidKey
          @Nullable String idempotencyKey) {
    Groups.Seen group = groups.create(caller.id(), caller.username(), command, idempotencyKey);
    return ResponseEntity.created(URI.create("/api/v1/groups/" + group.view().id()))
        .eTag(Groups.etag(group.revision()))
        .body(group.view());
  }

  /** The caller's groups, newest first. */
  @Operation(summary = "The caller's groups, newest first")
  @GetMapping
  @RequiresScope(Scope.GROUPS_READ)
  Page<GroupView> list(
      Caller caller,
      @RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit,
      @RequestParam(required = false) @Nullable GroupId cursor) {
    return reads.mayBeStale(() -> groups.list(caller.id(), limit, cursor));
  }

  /** Public groups in whose name words begin with each word of the text, by name. */
  @Operation(summary = "Find public groups by the beginnings of words of their names")
  @GetMapping("/search")
  @RequiresScope(Scope.GROUPS_READ)
  Page<GroupView> search(
      Caller caller,
      @RequestParam @PlainText(max = 100) String query,
      @RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return reads.mayBeStale(() -> groups.search(caller.id(), query, limit, cursor));
  }

  /** A group: of a public one everybody sees what it is called, only members its settings. */
  @Operation(summary = "A group")
  @ApiResponse(
      responseCode = "200",
      description = "The group",
      headers = @Header(name = "ETag", schema = @Schema(type = "string")))
  @GetMapping("/{id}")
  @RequiresScope(Scope.GROUPS_READ)
  @Refuses("not-found")
  ResponseEntity<GroupView> get(Caller caller, @PathVariable GroupId id) {
    return tagged(reads.mayBeStale(() -> groups.get(caller.id(), id)));
  }

  /**
   * Edits name and description (permission edit_info), visibility, joining and settings (admins).
   * Needs {@code If-Match} with the ETag of what was read.
   */
  @Operation(summary = "Change a group and its settings")
  @ApiResponse(
      responseCode = "200",
      description = "The group",
      headers = @Header(name = "ETag", schema = @Schema(type = "string")))
  @PatchMapping("/{id}")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"forbidden", "not-found", "group-archived", "edited-meanwhile", "if-match-required"})
  ResponseEntity<GroupView> edit(
      Caller caller,
      @PathVariable GroupId id,
      @Valid @RequestBody EditGroup command,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch) {
    return tagged(groups.edit(caller.id(), id, command, ifMatch));
  }

  /** Makes the group one to read only. For the owner. */
  @Operation(summary = "Make a group read-only")
  @PostMapping("/{id}/archive")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"forbidden", "not-found"})
  ResponseEntity<GroupView> archive(Caller caller, @PathVariable GroupId id) {
    return tagged(groups.archive(caller.id(), id, true));
  }

  /** Undoes archiving. For the owner. */
  @Operation(summary = "Undo archiving")
  @PostMapping("/{id}/unarchive")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"forbidden", "not-found"})
  ResponseEntity<GroupView> unarchive(Caller caller, @PathVariable GroupId id) {
    return tagged(groups.archive(caller.id(), id, false));
  }

  /** Ends the group, for good. For the owner. */
  @Operation(summary = "Delete a group")
  @DeleteMapping("/{id}")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses({"forbidden", "not-found"})
  void delete(Caller caller, @PathVariable GroupId id) {
    groups.delete(caller.id(), id);
  }

  /** The avatar: a PNG of at most 256 pixels a side. */
  @Operation(summary = "A group's avatar")
  @ApiResponse(
      responseCode = "200",
      description = "A PNG",
      content =
          @Content(mediaType = "image/png", schema = @Schema(type = "string", format = "binary")))
  @ApiResponse(
      responseCode = "304",
      description = "Still the one of If-None-Match",
      content = @Content)
  @GetMapping(path = "/{id}/avatar", produces = MediaType.IMAGE_PNG_VALUE)
  @RequiresScope(Scope.GROUPS_READ)
  @Refuses("not-found")
  ResponseEntity<byte[]> avatar(Caller caller, @PathVariable GroupId id) {
    Avatar avatar = reads.mayBeStale(() -> groups.avatar(caller.id(), id));
    return ResponseEntity.ok()
        .eTag("\"" + avatar.tag() + "\"")
        .cacheControl(CacheControl.maxAge(Duration.ofMinutes(5)).cachePrivate())
        .body(avatar.png());
  }

  /** Sets the avatar: the bytes of a PNG, JPEG or GIF. Permission edit_info. */
  @Operation(
      summary = "Set a group's avatar",
      requestBody =
          @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = {
                @Content(
                    mediaType = "image/png",
                    schema = @Schema(type = "string", format = "binary")),
                @Content(
                    mediaType = "image/jpeg",
                    schema = @Schema(type = "string", format = "binary")),
                @Content(
                    mediaType = "image/gif",
                    schema = @Schema(type = "string", format = "binary"))
              }))
  @PutMapping(path = "/{id}/avatar")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({
    "forbidden",
    "not-found",
    "group-archived",
    "invalid-image",
    "image-too-large",
    "unsupported-image",
    "images-busy"
  })
  ResponseEntity<GroupView> setAvatar(
      Caller caller, @PathVariable GroupId id, @RequestBody byte[] image) {
    groups.requireMaySetAvatar(caller.id(), id);
    return tagged(groups.setAvatar(caller.id(), id, Avatar.of(image)));
  }

  /** Permission edit_info. */
  @Operation(summary = "Remove a group's avatar")
  @DeleteMapping("/{id}/avatar")
  @RequiresScope(Scope.GROUPS_MANAGE)
  @Refuses({"forbidden", "not-found", "group-archived"})
  ResponseEntity<GroupView> removeAvatar(Caller caller, @PathVariable GroupId id) {
    return tagged(groups.setAvatar(caller.id(), id, null));
  }

  private static ResponseEntity<GroupView> tagged(Groups.Seen group) {
    return ResponseEntity.ok().eTag(Groups.etag(group.revision())).body(group.view());
  }
}
