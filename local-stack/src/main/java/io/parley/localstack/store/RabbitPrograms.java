package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where RabbitMQ 4 and its Erlang are: the machine's own when it has them, Debian's packages
 * unpacked into the cache otherwise.
 *
 * @param server the script that becomes the broker
 * @param epmd Erlang's name server
 * @param erlangBin holds {@code erl}
 */
record RabbitPrograms(Path server, Path plugins, Path epmd, Path erlangBin) {
  /** The Debian release that brought RabbitMQ 4.0. */
  private static final String SUITE = "trixie";

  /** With the libraries below them, libc included, so that they run on an older Debian as well. */
  private static final List<String> PACKAGES =
      List.of(
          "rabbitmq-server",
          "erlang-base",
          "erlang-asn1",
          "erlang-crypto",
          "erlang-eldap",
          "erlang-inets",
          "erlang-mnesia",
          "erlang-os-mon",
          "erlang-parsetools",
          "erlang-public-key",
          "erlang-runtime-tools",
          "erlang-ssl",
          "erlang-syntax-tools",
          "erlang-tools",
          "erlang-xmerl",
          "libc6",
          "libcap2",
          "libgcc-s1",
          "libssl3t64",
          "libstdc++6",
          "libsystemd0",
          "libtinfo6",
          "libzstd1",
          "zlib1g");

  private static final Pattern ROOTDIR = Pattern.compile("(?m)\\bROOTDIR=/usr/lib/erlang$");

  static RabbitPrograms find(StoreOptions options, GuardedProcesses processes) {
    Optional<RabbitPrograms> installed = in(Path.of("/"));
    if (installed.isPresent()) {
      return installed.get();
    }
    Path unpacked =
        Unpacked.folder(
            options.cache(),
            "rabbitmq-" + SUITE,
            (unfinished, finished) -> {
              new DebianPackages(processes, options.log("rabbitmq-packages"))
                  .unpack(SUITE, PACKAGES, unfinished);
              relocate(unfinished, finished);
            });
    return in(unpacked)
        .orElseThrow(
            () ->
                new LocalStackException(
                    "no RabbitMQ 4 in " + unpacked + ": delete that folder and try again"));
  }

  /** Debian's layout, at the root of the machine or of a folder. */
  static Optional<RabbitPrograms> in(Path root) {
    Path libraries = root.resolve("usr/lib/rabbitmq/lib");
    Path erlang = root.resolve("usr/lib/erlang");
    for (Path home : matching(libraries, "rabbitmq_server-4.*")) {
      for (Path runtime : matching(erlang, "erts-*")) {
        return Optional.of(
            new RabbitPrograms(
                home.resolve("sbin/rabbitmq-server"),
                home.resolve("plugins"),
                runtime.resolve("bin/epmd"),
                erlang.resolve("bin")));
      }
    }
    return Optional.empty();
  }

  /**
   * Makes an unpacked tree run from its final place: Erlang's scripts name the folder they are in,
   * and its programs are started through the tree's own dynamic loader, with the tree's own
   * libraries.
   */
  private static void relocate(Path root, Path finalRoot) throws IOException {
    Path erlang = root.resolve("usr/lib/erlang");
    Path runtime = matching(erlang, "erts-*").getFirst();
    String home = finalRoot.resolve("usr/lib/erlang").toString();
    for (Path folder : List.of(erlang.resolve("bin"), runtime.resolve("bin"))) {
      for (String script : List.of("erl", "start")) {
        nameHome(folder.resolve(script), home);
      }
    }
    String launcher =
        """
        #!/bin/sh
        exec "%s" --library-path "%s" --argv0 "$0" "%%s" "$@"
        """
            .formatted(
                finalRoot.resolve(root.relativize(find(root, "ld-linux-.*\\.so\\.\\d"))),
                finalRoot.resolve(root.relativize(find(root, "libc\\.so\\.6")).getParent()));
    List<Path> programs = new ArrayList<>(matching(runtime.resolve("bin"), "*"));
    for (Path monitor : matching(erlang.resolve("lib"), "os_mon-*")) {
      programs.addAll(matching(monitor.resolve("priv/bin"), "*"));
    }
    for (Path program : programs) {
      if (isElf(program)) {
        Path real = program.resolveSibling(program.getFileName() + ".elf");
        Files.move(program, real);
        Files.writeString(program, launcher.formatted(finalRoot.resolve(root.relativize(real))));
        if (!program.toFile().setExecutable(true, false)) {
          throw new IOException("cannot make executable: " + program);
        }
      }
    }
  }

  private static void nameHome(Path script, String home) throws IOException {
    if (Files.isRegularFile(script)) {
      String replacement = Matcher.quoteReplacement("ROOTDIR=\"" + home + "\"");
      Files.writeString(script, ROOTDIR.matcher(Files.readString(script)).replaceAll(replacement));
    }
  }

  private static Path find(Path root, String name) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.getFileName().toString().matches(name))
          .findFirst()
          .orElseThrow(() -> new IOException("no " + name + " among the packages"));
    }
  }

  private static boolean isElf(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(4);
      return new String(start, StandardCharsets.ISO_8859_1).equals("\u007fELF");
    }
  }

  private static List<Path> matching(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
        files.forEach(found::add);
      } catch (IOException e) {
        throw new LocalStackException("cannot read " + folder + ": " + e.getMessage(), e);
      }
    }
    return found;
  }
}
