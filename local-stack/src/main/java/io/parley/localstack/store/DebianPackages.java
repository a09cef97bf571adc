package io.parley.localstack.store;

import io.parley.localstack.process.Folders;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Debian packages of any release, fetched and unpacked without installing them and without root.
 * The archive is the one that the machine's own apt uses, with its proxy and credentials; apt
 * checks Debian's signatures.
 */
final class DebianPackages {
  private static final Duration FETCHED_WITHIN = Duration.ofMinutes(5);

  private static final List<Path> KEYRINGS =
      List.of(
          Path.of("/usr/share/keyrings/debian-archive-keyring.gpg"),
          Path.of("/usr/share/keyrings/debian-archive-keyring.pgp"));

  private final GuardedProcesses processes;
  private final Path log;

  DebianPackages(GuardedProcesses processes, Path log) {
    this.processes = processes;
    this.log = log;
  }

  void unpack(String suite, List<String> packages, Path into) throws IOException {
    Path work = into.resolve(".apt");
    Path archives = Files.createDirectories(work.resolve("archives"));
    Files.writeString(work.resolve("sources.list"), sources(suite));
    Files.writeString(work.resolve("status"), "");
    for (String folder : List.of("state/lists/partial", "cache/archives/partial", "empty")) {
      Files.createDirectories(work.resolve(folder));
    }
    apt(work, archives, List.of("update"));
    List<String> download = new ArrayList<>(List.of("download"));
    download.addAll(packages);
    apt(work, archives, download);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(archives, "*.deb")) {
      for (Path file : files) {
        processes.run(
            ProcessSpec.of(
                "dpkg-deb", List.of("dpkg-deb", "-x", file.toString(), into.toString()), into, log),
            FETCHED_WITHIN);
      }
    }
    Folders.delete(work);
  }

  private void apt(Path work, Path folder, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("apt-get", "-q"));
    option(command, "Dir::State", work.resolve("state"));
    option(command, "Dir::State::status", work.resolve("status"));
    option(command, "Dir::Cache", work.resolve("cache"));
    option(command, "Dir::Etc::sourcelist", work.resolve("sources.list"));
    option(command, "Dir::Etc::sourceparts", work.resolve("empty"));
    option(command, "Dir::Etc::preferences", work.resolve("none"));
    option(command, "Dir::Etc::preferencesparts", work.resolve("empty"));
    command.addAll(List.of("-o", "Acquire::Languages=none", "-o", "Acquire::Retries=3"));
    // As root apt would drop to a user that may not read this folder.
    command.addAll(List.of("-o", "APT::Sandbox::User=root", "-o", "Debug::NoLocking=1"));
    command.addAll(arguments);
    processes.run(
        ProcessSpec.of("apt-get " + arguments.getFirst(), command, folder, log)
            .environment(Map.of("LC_ALL", "C.UTF-8")),
        FETCHED_WITHIN);
  }

  private static void option(List<String> command, String name, Path value) {
    command.add("-o");
    command.add(name + "=" + value);
  }

  private static String sources(String suite) throws IOException {
    List<AptSource> known = AptSource.of(Path.of("/etc/apt"));
    AptSource release =
        known.stream()
            .filter(AptSource::isRelease)
            .findFirst()
            .orElseThrow(
                () ->
                    new LocalStackException(
                        "RabbitMQ 4 is not installed and this machine's apt knows no Debian archive to"
                            + " take it from: install rabbitmq-server 4, or give PARLEY_RABBITMQ_URL"));
    Optional<AptSource> security = known.stream().filter(AptSource::isSecurity).findFirst();
    StringBuilder lines = new StringBuilder();
    lines.append(line(release, suite));
    security.ifPresent(source -> lines.append(line(source, suite + "-security")));
    return lines.toString();
  }

  private static String line(AptSource source, String suite) {
    String keyring =
        KEYRINGS.stream()
            .filter(Files::exists)
            .findFirst()
            .map(Path::toString)
            .orElse(source.signedBy());
    String options = keyring.isEmpty() ? "" : "[signed-by=" + keyring + "] ";
    return "deb " + options + source.uri() + " " + suite + " main\n";
  }
}
