package io.parley.user.relation;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The caller's contacts. */
@RestController
@Tag(name = "contacts", description = "The caller's contacts")
@RequestMapping("/api/v1/contacts")
class ContactsController {

  private final Contacts contacts;

  ContactsController(Contacts contacts) {
    this.contacts = contacts;
  }

  /** The contacts by username. */
  @Operation(summary = "The caller's contacts")
  @GetMapping
  @RequiresScope(Scope.ACCOUNT_READ)
  Page<RelatedView> list(
      Caller caller,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Size(max = 64) @Nullable String cursor) {
    return contacts.list(caller.id(), limit, cursor);
  }

  /** Puts a user on the list; may be repeated. */
  @Operation(summary = "Make a user a contact")
  @PutMapping("/{userId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.ACCOUNT_WRITE)
  @Refuses({"not-yourself", "blocked", "not-found", "too-many-contacts"})
  void add(Caller caller, @PathVariable UserId userId) {
    contacts.add(caller.id(), userId);
  }

  /** Takes a user off the list; may be repeated. */
  @Operation(summary = "Remove a contact")
  @DeleteMapping("/{userId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.ACCOUNT_WRITE)
  void remove(Caller caller, @PathVariable UserId userId) {
    contacts.remove(caller.id(), userId);
  }
}
