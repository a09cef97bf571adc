package io.parley.user.people;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.postgres.ReplicaReads;
import io.parley.common.problems.Refuses;
import io.parley.common.text.PlainText;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Other users' profiles, and finding them. */
@RestController
@Tag(name = "people", description = "Other users' profiles, and finding them")
@RequestMapping("/api/v1")
@RequiresScope(Scope.USERS_READ)
class PeopleController {

  private final People people;
  private final ReplicaReads reads;

  PeopleController(People people, ReplicaReads reads) {
    this.people = people;
    this.reads = reads;
  }

  /** A user, as far as the caller may see. */
  @Operation(summary = "A user's profile")
  @GetMapping("/users/{id}")
  @Refuses("not-found")
  PersonView get(Caller caller, @PathVariable UserId id) {
    return reads.mayBeStale(() -> people.get(caller.id(), id));
  }

  /**
   * A user by a username, in any case. One that was given up lately leads to who had it: the answer
   * has the new one.
   */
  @Operation(summary = "A user by a username, or by one of before")
  @GetMapping("/usernames/{username}")
  @Refuses("not-found")
  PersonView named(Caller caller, @PathVariable @PlainText(max = 64) String username) {
    return reads.mayBeStale(() -> people.named(caller.id(), username));
  }

  /** Users in whose names words begin with each word of the text. */
  @Operation(summary = "Find users by the beginnings of words of their names")
  @GetMapping("/users")
  Page<PersonView> search(
      Caller caller,
      @RequestParam @PlainText(max = 64) String query,
      @RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit,
      @RequestParam(required = false) @Size(max = 64) @Nullable String cursor) {
    return reads.mayBeStale(() -> people.search(caller.id(), query, limit, cursor));
  }
}
