package io.parley.user.avatar;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.UserId;
import io.parley.common.images.Avatar;
import io.parley.common.postgres.ReplicaReads;
import io.parley.common.problems.Refuses;
import io.parley.user.account.OwnAccountView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Pictures of users. */
@RestController
@Tag(name = "avatar", description = "Pictures of users")
@RequestMapping("/api/v1/users")
class AvatarController {

  /** A client asks again after that, and gets a 304 as long as the picture is the same. */
  private static final Duration FRESH = Duration.ofMinutes(5);

  private final Avatars avatars;
  private final ReplicaReads reads;

  AvatarController(Avatars avatars, ReplicaReads reads) {
    this.avatars = avatars;
    this.reads = reads;
  }

  /** The body is the image itself: PNG, JPEG or GIF. What it is, its content decides. */
  @Operation(summary = "Set the caller's avatar")
  @PutMapping(
      path = "/me/avatar",
      consumes = {"image/png", "image/jpeg", "image/gif", "application/octet-stream"})
  @RequiresScope(Scope.MEDIA_WRITE)
  @Refuses({
    "unsupported-image",
    "invalid-image",
    "image-too-large",
    "unsupported-media-type",
    "images-busy"
  })
  OwnAccountView set(Caller caller, @RequestBody byte[] image) {
    return avatars.set(caller.id(), image);
  }

  @Operation(summary = "Remove the caller's avatar")
  @DeleteMapping("/me/avatar")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.ACCOUNT_WRITE)
  void remove(Caller caller) {
    avatars.remove(caller.id());
  }

  /** Somebody's picture, a PNG of at most 256 pixels a side. */
  @Operation(summary = "A user's avatar")
  @ApiResponse(
      responseCode = "200",
      description = "A PNG",
      content =
          @Content(mediaType = "image/png", schema = @Schema(type = "string", format = "binary")))
  @ApiResponse(responseCode = "304", description = "Still the one of If-None-Match")
  @GetMapping("/{id}/avatar")
  @RequiresScope(Scope.USERS_READ)
  @Refuses("not-found")
  ResponseEntity<byte[]> get(
      Caller caller,
      @PathVariable UserId id,
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String known) {
    String tag = reads.mayBeStale(() -> avatars.tag(caller.id(), id));
    if (known != null && ETag.parse(known).stream().anyMatch(one -> tag.equals(one.tag()))) {
      return answer(ResponseEntity.status(HttpStatus.NOT_MODIFIED), tag).build();
    }
    Avatar avatar = reads.mayBeStale(() -> avatars.get(id));
    return answer(ResponseEntity.ok(), avatar.tag())
        .contentType(MediaType.IMAGE_PNG)
        .body(avatar.png());
  }

  private static ResponseEntity.BodyBuilder answer(
      ResponseEntity.BodyBuilder response, String tag) {
    return response
        .eTag(tag)
        .cacheControl(CacheControl.maxAge(FRESH).cachePrivate())
        .header("X-Content-Type-Options", "nosniff")
        .header("Content-Security-Policy", "default-src 'none'; sandbox");
  }
}
