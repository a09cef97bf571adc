package io.parley.notification.settings;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** How the caller wants to be notified; nobody else's settings are visible here. */
@RestController
@Tag(name = "notification settings", description = "How the caller wants to be notified")
@RequestMapping("/api/v1/notifications/settings")
@RequiresScope(Scope.NOTIFICATIONS_MANAGE)
class SettingsController {

  private final OwnSettings settings;

  SettingsController(OwnSettings settings) {
    this.settings = settings;
  }

  @Operation(summary = "How the caller wants to be notified everywhere")
  @ApiResponse(
      responseCode = "200",
      description = "The settings",
      headers = @Header(name = "ETag", schema = @Schema(type = "string")))
  @GetMapping
  ResponseEntity<SettingsView> get(Caller caller) {
    return tagged(settings.get(caller.id()));
  }

  /** What is absent or null is as the installation has it. */
  @Operation(summary = "Set how the caller wants to be notified everywhere")
  @ApiResponse(
      responseCode = "200",
      description = "The settings",
      headers = @Header(name = "ETag", schema = @Schema(type = "string")))
  @Refuses({"precondition-failed", "if-match-required"})
  @PutMapping
  ResponseEntity<SettingsView> put(
      Caller caller,
      @Valid @RequestBody PutSettings command,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    return tagged(settings.put(caller.id(), command, ifMatch));
  }

  @Operation(summary = "What holds for users who set nothing else")
  @GetMapping("/defaults")
  DefaultsView defaults(Caller caller) {
    return settings.defaults();
  }

  @Operation(summary = "The conversations and threads for which the caller has set levels")
  @GetMapping("/overrides")
  Page<OverrideView> overrides(
      Caller caller,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return settings.overrides(caller.id(), Place.parse(cursor), limit);
  }

  @Operation(summary = "The caller's levels for a conversation")
  @ApiResponse(
      responseCode = "200",
      description = "The levels",
      headers = @Header(name = "ETag", schema = @Schema(type = "string")))
  @Refuses("not-found")
  @GetMapping("/conversations/{conversationId}")
  ResponseEntity<OverrideView> ofConversation(
      Caller caller, @PathVariable ConversationId conversationId) {
    return tagged(settings.get(caller.id(), Place.of(conversationId)));
  }

  @Operation(summary = "Set the caller's levels for a conversation")
  @ApiResponse(
      responseCode = "200",
      description = "The levels",
      headers = @Header(name = "ETag", schema = @Schema(type = "string")))
  @Refuses({"too-many-overrides", "precondition-failed"})
  @PutMapping("/conversations/{conversationId}")
  ResponseEntity<OverrideView> putOfConversation(
      Caller caller,
      @PathVariable ConversationId conversationId,
      @Valid @RequestBody PutOverride command,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    return tagged(settings.put(caller.id(), Place.of(conversationId), command, ifMatch));
  }

  @Operation(summary = "Take away the caller's levels for a conversation")
  @Refuses({"not-found", "precondition-failed"})
  @DeleteMapping("/conversations/{conversationId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void removeOfConversation(
      Caller caller,
      @PathVariable ConversationId conversationId,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    settings.remove(caller.id(), Place.of(conversationId), ifMatch);
  }

  @Operation(summary = "The caller's levels for a thread")
  @ApiResponse(
      responseCode = "200",
      description = "The levels",
      headers = @Header(name = "ETag", schema = @Schema(type = "string")))
  @Refuses("not-found")
  @GetMapping("/threads/{conversationId}/{rootSeq}")
  ResponseEntity<OverrideView> ofThread(
      Caller caller,
      @PathVariable ConversationId conversationId,
      @PathVariable @Min(1) long rootSeq) {
    return tagged(settings.get(caller.id(), new Place(conversationId, rootSeq)));
  }

  @Operation(summary = "Set the caller's levels for a thread")
  @ApiResponse(
      responseCode = "200",
      description = "The levels",
      headers = @Header(name = "ETag", schema = @Schema(type = "string")))
  @Refuses({"too-many-overrides", "precondition-failed"})
  @PutMapping("/threads/{conversationId}/{rootSeq}")
  ResponseEntity<OverrideView> putOfThread(
      Caller caller,
      @PathVariable ConversationId conversationId,
      @PathVariable @Min(1) long rootSeq,
      @Valid @RequestBody PutOverride command,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    return tagged(settings.put(caller.id(), new Place(conversationId, rootSeq), command, ifMatch));
  }

  @Operation(summary = "Take away the caller's levels for a thread")
  @Refuses({"not-found", "precondition-failed"})
  @DeleteMapping("/threads/{conversationId}/{rootSeq}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void removeOfThread(
      Caller caller,
      @PathVariable ConversationId conversationId,
      @PathVariable @Min(1) long rootSeq,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    settings.remove(caller.id(), new Place(conversationId, rootSeq), ifMatch);
  }

  private static <T> ResponseEntity<T> tagged(Versioned<T> one) {
    return ResponseEntity.ok()
        .eTag(Versioned.tag(one.version()))
        .cacheControl(CacheControl.noCache().cachePrivate())
        .body(one.view());
  }
}
