package io.parley.message.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.parley.message.stomp.StompFrame.Command;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {

  private static final int MAX = 1_000;

  private final FrameReader reader = new FrameReader(MAX);

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<StompFrame> read(String text) throws NotAFrame {
    reader.add(bytes(text));
    List<StompFrame> frames = new ArrayList<>();
    for (StompFrame frame = reader.next(); frame != null; frame = reader.next()) {
      frames.add(frame);
    }
    return frames;
  }

  private static String body(StompFrame frame) {
    return new String(frame.body(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1_000})
  void framesShouldBeFoundHoweverTheBytesAreCut(int piece) throws Exception {
    String text =
        "\n\r\nSEND\ndestination:/a\ncontent-length:5\n\na\0b\0c\0\n\n"
            + "SEND\r\ndestination:/ü\\c\\\\\\n\r\nreceipt: 7 \r\n\r\nkörper\0\r\n"
            + "ACK\nid:\n\n\0DISCONNECT\nid:first\nid:second\n\n\0\n";
    byte[] all = text.getBytes(StandardCharsets.UTF_8);
    List<StompFrame> frames = new ArrayList<>();
    for (int i = 0; i < all.length; i += piece) {
      reader.add(ByteBuffer.wrap(all, i, Math.min(piece, all.length - i)));
      for (StompFrame frame = reader.next(); frame != null; frame = reader.next()) {
        frames.add(frame);
      }
    }
    assertThat(frames)
        .extracting(StompFrame::command)
        .containsExactly(Command.SEND, Command.SEND, Command.ACK, Command.DISCONNECT);
    assertThat(body(frames.get(0))).isEqualTo("a\0b\0c");
    assertThat(frames.get(1).header("destination")).isEqualTo("/ü:\\\n");
    assertThat(frames.get(1).header("receipt")).isEqualTo(" 7 ");
    assertThat(frames.get(1).word("receipt")).isEqualTo("7");
    assertThat(body(frames.get(1))).isEqualTo("körper");
    assertThat(frames.get(2).header("id")).isEmpty();
    assertThat(frames.get(3).header("id")).isEqualTo("first");
  }

  @Test
  void connectShouldNotBeEscaped() throws Exception {
    StompFrame connect = read("CONNECT\npasscode:a\\tb:c\n\n\0").get(0);
    assertThat(connect.header("passcode")).isEqualTo("a\\tb:c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "", "undefined", "a/b;c", "/", "text/plain;charset=nope"})
  void contentTypeShouldNotBeRead(String contentType) throws Exception {
    assertThat(read("SEND\ncontent-type:" + contentType + "\n\n{}\0")).hasSize(1);
  }

  @Test
  void frameOfTheGreatestSizeShouldBeReadAndNoneBeyond() throws Exception {
    String head = "SEND\ndestination:/a\n\n";
    assertThat(read(head + "x".repeat(MAX - head.length() - 1) + '\0')).hasSize(1);
    assertThat(read(head + "x".repeat(MAX - head.length()))).isEmpty();
    assertThatThrownBy(() -> read("x"))
        .isInstanceOf(NotAFrame.class)
        .hasMessageContaining("1000 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "NONSENSE^^@|there is no command NONSENSE",
        "MESSAGE^^@|there is no command MESSAGE",
        "send^^@|there is no command send",
        "GET / HTTP/1.1^Host:x^^|there is no command GET / HTTP/1.1",
        "@|a NUL where a command is due",
        "SEND@|no empty line ends the headers",
        "SEND^destination:/a@|no empty line ends the headers",
        "SEND^no header^^@|a header line is no name:value: no header",
        "SEND^:value^^@|a header line is no name:value: :value",
        "SEND^a:b\\tc^^@|a header has an escape that STOMP does not know: b\\tc",
        "SEND^a:b\\^^@|a header has an escape that STOMP does not know: b\\",
        "SEND^content-length:ten^^@|content-length is no number of bytes: ten",
        "SEND^content-length:-1^^@|content-length is no number of bytes: -1",
        "SEND^content-length:^^@|content-length is no number of bytes: ",
        "SEND^content-length:99999999999^^@|content-length is no number of bytes: 99999999999",
        "SEND^content-length:1001^^@|a frame may have 1000 bytes",
        "SEND^content-length:2^^abc@|no NUL follows the 2 bytes that content-length says"
      })
  void whatIsNoFrameShouldBeNamed(String text, String why) {
    String sent = text.replace('^', '\n').replace('@', '\0');
    assertThatThrownBy(() -> read(sent)).isInstanceOf(NotAFrame.class).hasMessage(why);
  }

  @Test
  void receiptOfWhatIsNoFrameShouldBeKept() {
    NotAFrame broken =
        catchThrowableOfType(
            NotAFrame.class, () -> read("SEND\nreceipt:r1\r\nbad\n\nreceipt:no\0"));
    assertThat(broken.receipt()).isEqualTo("r1");
    NotAFrame without =
        catchThrowableOfType(
            NotAFrame.class, () -> new FrameReaderTest().read("SEND\nbad\n\nreceipt:no\0"));
    assertThat(without.receipt()).isNull();
  }

  @Test
  void framesBeforeWhatIsNoneShouldBeRead() throws Exception {
    reader.add(bytes("ACK\nid:1\n\n\0nonsense\n\n\0"));
    assertThat(reader.next()).isNotNull();
    assertThatThrownBy(reader::next).isInstanceOf(NotAFrame.class);
  }
}
