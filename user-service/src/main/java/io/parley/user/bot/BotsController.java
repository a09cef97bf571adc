package io.parley.user.bot;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.problems.Refuses;
import io.parley.user.personaltoken.CreateToken;
import io.parley.user.personaltoken.TokenId;
import io.parley.user.personaltoken.TokenView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The bots of the caller, and their tokens. */
@RestController
@Tag(name = "bots", description = "The caller's bots, and their tokens")
@RequestMapping("/api/v1/bots")
@RequiresScope(Scope.ACCOUNT_SECURITY)
class BotsController {

  private final Bots bots;

  BotsController(Bots bots) {
    this.bots = bots;
  }

  /** Makes a bot. It can do nothing until it has a token. */
  @Operation(summary = "Create a bot account")
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Refuses({"username-taken", "username-confusable", "username-reserved", "too-many-bots"})
  BotView create(Caller caller, @Valid @RequestBody CreateBot command) {
    return BotView.of(bots.create(caller, command));
  }

  /** All on one page, the oldest first. */
  @Operation(summary = "The caller's bots")
  @GetMapping
  Page<BotView> list(Caller caller) {
    return new Page<>(bots.list(caller).stream().map(BotView::of).toList(), null);
  }

  /** Deletes a bot with its tokens. */
  @Operation(summary = "Delete a bot")
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(Caller caller, @PathVariable UserId id) {
    bots.delete(caller, id);
  }

  /** Makes a token for a bot and shows it, this once. */
  @Operation(summary = "Create a token for a bot; it is shown once")
  @ApiResponse(responseCode = "201", description = "The token")
  @PostMapping("/{id}/tokens")
  @Refuses({"scope-not-grantable", "too-many-tokens"})
  ResponseEntity<TokenView> createToken(
      Caller caller, @PathVariable UserId id, @Valid @RequestBody CreateToken command) {
    return ResponseEntity.status(HttpStatus.CREATED)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(bots.createToken(caller, id, command));
  }

  /** The tokens of a bot, the newest first. */
  @Operation(summary = "A bot's tokens")
  @GetMapping("/{id}/tokens")
  Page<TokenView> tokens(Caller caller, @PathVariable UserId id) {
    return new Page<>(bots.tokens(caller, id), null);
  }

  /** Revokes a token of a bot. */
  @Operation(summary = "Revoke a token of a bot")
  @DeleteMapping("/{id}/tokens/{token}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revokeToken(Caller caller, @PathVariable UserId id, @PathVariable TokenId token) {
    bots.revokeToken(caller, id, token);
  }
}
