package io.parley.common.deadletters;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** REST edge of this service's dead letters, for administrators. */
@RestController
@Tag(name = "dead-letters", description = "What could not be done after all tries, for admins")
@RequestMapping("/api/v1/admin/dead-letters/${spring.application.name}")
@RequiresScope(Scope.ADMIN)
class DeadLettersController {

  private static final Logger log = LoggerFactory.getLogger(DeadLettersController.class);
  private static final int MOST_SHOWN = 200;

  private final DeadLetters deadLetters;
  private final String service;

  DeadLettersController(DeadLetters deadLetters, String service) {
    this.deadLetters = deadLetters;
    this.service = service;
  }

  /** How many messages an operation was done to. */
  record Done(int messages) {}

  @GetMapping
  @Operation(summary = "The queues of this service, and how many dead letters each has")
  Page<DeadLetterQueue> queues(Caller caller) {
    return new Page<>(deadLetters.queues(), null);
  }

  /** Looking at them moves them to the end of their queue. */
  @GetMapping("/{queue}")
  @Operation(summary = "Some dead letters of a queue")
  @Refuses("not-found")
  Page<DeadLetter> show(
      Caller caller, @PathVariable String queue, @RequestParam(defaultValue = "20") int limit) {
    if (limit < 1 || limit > MOST_SHOWN) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "limit: must be from 1 to " + MOST_SHOWN);
    }
    return new Page<>(deadLetters.show(queue, limit), null);
  }

  /** All, or those with the ids. */
  @PostMapping("/{queue}/resend")
  @Operation(summary = "Give dead letters back to the queue that they come from")
  @Refuses("not-found")
  Done resend(
      Caller caller,
      @PathVariable String queue,
      @RequestParam(required = false) @Nullable List<String> id) {
    int resent = deadLetters.resend(queue, id);
    log.info("{}: {} gave {} dead letters of {} back", service, caller.id(), resent, queue);
    return new Done(resent);
  }

  /** All, or those with the ids. */
  @DeleteMapping("/{queue}")
  @Operation(summary = "Remove dead letters for good")
  @Refuses("not-found")
  Done drop(
      Caller caller,
      @PathVariable String queue,
      @RequestParam(required = false) @Nullable List<String> id) {
    int dropped = deadLetters.drop(queue, id);
    log.info("{}: {} dropped {} dead letters of {}", service, caller.id(), dropped, queue);
    return new Done(dropped);
  }
}
