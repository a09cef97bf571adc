package io.parley.message.readers;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of who has read what. */
@RestController
@Tag(name = "readers", description = "Who has received and read a message")
@RequestMapping("/api/v1/conversations/{id}/messages/{seq}/readers")
class ReadersController {

  private final Readers readers;

  ReadersController(Readers readers) {
    this.readers = readers;
  }

  @Operation(summary = "Who has received and read a message")
  @Refuses({"not-a-member", "conversation-not-found", "message-not-found", "group-too-large"})
  @GetMapping
  @RequiresScope(Scope.MESSAGES_READ)
  ReadersView of(Caller caller, @PathVariable ConversationId id, @PathVariable long seq) {
    return readers.of(caller, id, seq);
  }
}
