package io.parley.message.scheduled;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.command.ConversationCommand;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What clients can do with scheduled messages over sockets; SCHEDULED events answer them. */
@Configuration(proxyBeanMethods = false)
class ScheduledCommands {

  /** Which one, and what is to be different. */
  private record Change(@Nullable UUID id, @Nullable String text, @Nullable Instant at) {}

  private record Which(@Nullable UUID id) {}

  private interface Work {
    void run(Caller caller, ConversationId conversation, ConversationCommand.Body body);
  }

  private record Command(String path, Work work) implements ConversationCommand {

    @Override
    public Scope scope() {
      return Scope.MESSAGES_WRITE;
    }

    @Override
    public void run(Caller caller, ConversationId conversation, long seq, Body body) {
      work.run(caller, conversation, body);
    }
  }

  @Bean
  ConversationCommand scheduleCommand(Scheduling scheduling) {
    return new Command(
        "scheduled",
        (caller, conversation, body) ->
            scheduling.schedule(caller, conversation, body.as(ScheduleMessage.class)));
  }

  @Bean
  ConversationCommand changeScheduledCommand(Scheduling scheduling) {
    return new Command(
        "scheduled/change",
        (caller, conversation, body) -> {
          Change change = body.as(Change.class);
          scheduling.change(
              caller,
              conversation,
              present(change.id()),
              new ChangeScheduled(change.text(), change.at()));
        });
  }

  @Bean
  ConversationCommand cancelScheduledCommand(Scheduling scheduling) {
    return new Command(
        "scheduled/cancel",
        (caller, conversation, body) ->
            scheduling.cancel(caller, conversation, present(body.as(Which.class).id())));
  }

  @Bean
  ConversationCommand sendScheduledCommand(Scheduling scheduling) {
    return new Command(
        "scheduled/send",
        (caller, conversation, body) ->
            scheduling.sendNow(caller, conversation, present(body.as(Which.class).id())));
  }

  private static UUID present(@Nullable UUID id) {
    if (id == null) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "id: is missing");
    }
    return id;
  }
}
