package io.parley.localstack.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptSourceTest {
  @Test
  void deb822ShouldReadEveryParagraph() {
    List<AptSource> sources =
        AptSource.deb822(
            """
            Types: deb deb-src
            # a comment
            URIs: http://mirror.example/debian
            Suites: bookworm bookworm-updates
            Components: main contrib
            Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

            Types: deb
            URIs: http://mirror.example/debian-security
            Suites: bookworm-security
            Components: main
            Signed-By:
             -----BEGIN PGP PUBLIC KEY BLOCK-----
             .
             abc: def
             -----END PGP PUBLIC KEY BLOCK-----
            """);
    assertThat(sources)
        .containsExactly(
            new AptSource(
                "http://mirror.example/debian",
                List.of("bookworm", "bookworm-updates"),
                List.of("main", "contrib"),
                "/usr/share/keyrings/debian-archive-keyring.gpg"),
            new AptSource(
                "http://mirror.example/debian-security",
                List.of("bookworm-security"),
                List.of("main"),
                ""));
    assertThat(sources.get(0).isRelease()).isTrue();
    assertThat(sources.get(0).isSecurity()).isFalse();
    assertThat(sources.get(1).isRelease()).isFalse();
    assertThat(sources.get(1).isSecurity()).isTrue();
  }

  @Test
  void deb822ShouldLeaveOutWhatIsNotInUse() {
    assertThat(
            AptSource.deb822(
                """
                Enabled: no
                Types: deb
                URIs: http://mirror.example/debian
                Suites: trixie
                Components: main

                Types: deb-src
                URIs: http://mirror.example/debian
                Suites: trixie
                Components: main
                """))
        .isEmpty();
  }

  @Test
  void oneLineShouldReadOptionsAndComments() {
    assertThat(
            AptSource.oneLine(
                """
                # deb http://old.example/debian buster main
                deb [arch=amd64 signed-by=/etc/keys.gpg] mirror+file:/etc/mirrors trixie main # ours
                deb-src http://mirror.example/debian trixie main
                deb http://mirror.example/debian  trixie  main contrib
                """))
        .containsExactly(
            new AptSource(
                "mirror+file:/etc/mirrors", List.of("trixie"), List.of("main"), "/etc/keys.gpg"),
            new AptSource(
                "http://mirror.example/debian", List.of("trixie"), List.of("main", "contrib"), ""));
  }

  @Test
  void ofShouldPutDebianBeforeOthersThatUseItsReleaseNames(@TempDir Path apt) throws IOException {
    Path parts = Files.createDirectories(apt.resolve("sources.list.d"));
    Files.writeString(parts.resolve("a-tool.list"), "deb https://apt.tool.example bookworm main\n");
    Files.writeString(
        parts.resolve("debian.sources"),
        """
        Types: deb
        URIs: http://mirror.example/debian
        Suites: bookworm
        Components: main
        """);
    Files.writeString(parts.resolve("off.list.disabled"), "deb http://x.example/debian sid main\n");
    assertThat(AptSource.of(apt))
        .extracting(AptSource::uri)
        .containsExactly("http://mirror.example/debian", "https://apt.tool.example");
  }
}
