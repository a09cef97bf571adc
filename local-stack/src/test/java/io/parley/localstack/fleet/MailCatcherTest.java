package io.parley.localstack.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.localstack.Checkout;
import io.parley.localstack.fleet.MailCatcher.Mail;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real catcher as a fleet's only process. */
class MailCatcherTest {
  @TempDir Path checkout;

  @Test
  void mailsShouldBeReadableByAddress() throws IOException {
    Path jar = NodeSpec.mailCatcher().jar();
    Files.createDirectories(checkout.resolve(jar).getParent());
    Files.copy(Checkout.root().resolve(jar), checkout.resolve(jar));
    FleetTest.jar(checkout, "echo-service", EchoService.class);
    try (Fleet fleet =
        Fleet.builder(checkout.resolve("fleet"))
            .checkout(checkout)
            .node(NodeSpec.mailCatcher())
            .node(NodeSpec.of("echo-service").environment("PRINT", "PARLEY_SMTP_PORT"))
            .build()
            .start()) {
      int smtpPort = Integer.parseInt(Files.readString(fleet.node("echo-service").log()).strip());
      MailCatcher catcher = fleet.mailCatcher();
      assertThat(catcher.to("ann+1@parley.example")).isEmpty();

      send(smtpPort, "ann+1@parley.example", "https://chat.example/verify-email#first");
      send(smtpPort, "ann+1@parley.example", "https://chat.example/verify-email#second_-3");
      send(smtpPort, "ben@parley.example", "https://chat.example/reset-password#other");

      assertThat(catcher.awaitLink("ann+1@parley.example", "/verify-email#"))
          .isEqualTo("https://chat.example/verify-email#second_-3");
      assertThat(catcher.to("ann+1@parley.example"))
          .extracting(Mail::subject)
          .containsExactly("Grüße", "Grüße");
    }
  }

  @Test
  void textShouldBeDecoded() throws Exception {
    String mime =
        """
        Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="a"

        --a
        Content-Type: multipart/alternative; boundary="b"

        --b
        Content-Type: text/plain; charset=UTF-8
        Content-Transfer-Encoding: quoted-printable

        Hallo Cl=C3=A9o,
        https://chat.example/verify-email#abc=
        def?x=3D1
        --b
        Content-Type: text/html; charset=UTF-8

        <a href="https://chat.example/verify-email#html">x</a>
        --b--
        --a--
        """
            .replace("\n", "\r\n");

    Mail mail = MailCatcher.read(mime);

    assertThat(mail.subject()).isEqualTo("Grüße");
    assertThat(mail.text()).startsWith("Hallo Cléo,");
    assertThat(mail.link("#")).hasValue("https://chat.example/verify-email#abcdef?x=1");
    assertThat(mail.link("reset")).isEmpty();
  }

  private static void send(int port, String to, String link) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        OutputStream out = socket.getOutputStream()) {
      in.readLine();
      String text = "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHello,\r\n\r\n" + link + "\r\n.";
      for (String line :
          List.of(
              "HELO test",
              "MAIL FROM:<noreply@parley.example>",
              "RCPT TO:<" + to + ">",
              "DATA",
              text,
              "QUIT")) {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
        assertThat(in.readLine()).matches("[23].*");
      }
    }
  }
}
