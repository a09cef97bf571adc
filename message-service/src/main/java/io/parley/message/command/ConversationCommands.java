package io.parley.message.command;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** All commands, by their paths. */
@Component
public class ConversationCommands {

  /**
   * A command with what its path was called with.
   *
   * @param seq 0 when the path has none
   */
  public record Found(ConversationCommand command, long seq) {}

  private static final Pattern SEQ = Pattern.compile("/(\\d{1,18})(?=/|$)");

  private final Map<String, ConversationCommand> commands = new HashMap<>();

  ConversationCommands(List<ConversationCommand> commands) {
    for (ConversationCommand command : commands) {
      if (this.commands.put(command.path(), command) != null) {
        throw new IllegalStateException("two commands at " + command.path());
      }
    }
  }

  public Collection<ConversationCommand> all() {
    return Collections.unmodifiableCollection(commands.values());
  }

  /**
   * @param path what follows the conversation's id
   */
  public @Nullable Found find(String path) {
    Matcher seq = SEQ.matcher(path);
    boolean hasSeq = seq.find();
    ConversationCommand command = commands.get(hasSeq ? seq.replaceFirst("/{seq}") : path);
    return command == null ? null : new Found(command, hasSeq ? Long.parseLong(seq.group(1)) : 0);
  }
}
