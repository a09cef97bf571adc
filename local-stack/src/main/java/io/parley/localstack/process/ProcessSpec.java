package io.parley.localstack.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What to run and how to end it.
 *
 * @param name what people call it
 * @param environment added to this JVM's own
 * @param folder the working folder
 * @param log takes both outputs, appended
 * @param stopSignal asks the process to end by itself: {@code TERM}, or {@code INT} for PostgreSQL
 * @param stopWithin how long it may take over that before it is killed
 */
public record ProcessSpec(
    String name,
    List<String> command,
    Map<String, String> environment,
    Path folder,
    Path log,
    String stopSignal,
    Duration stopWithin) {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  public static ProcessSpec of(String name, List<String> command, Path folder, Path log) {
    return new ProcessSpec(name, List.copyOf(command), Map.of(), folder, log, "TERM", PATIENCE);
  }

  public ProcessSpec environment(Map<String, String> added) {
    return new ProcessSpec(name, command, Map.copyOf(added), folder, log, stopSignal, stopWithin);
  }

  public ProcessSpec stopSignal(String signal) {
    return new ProcessSpec(name, command, environment, folder, log, signal, stopWithin);
  }

  public ProcessSpec stopWithin(Duration patience) {
    return new ProcessSpec(name, command, environment, folder, log, stopSignal, patience);
  }
}
