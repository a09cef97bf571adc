package io.parley.common.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.parley.common.problems.ProblemException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AvatarTest {

  @ParameterizedTest
  @CsvSource({
    "png,  1,    1,    1,   1",
    "png,  256,  256,  256, 256",
    "png,  1000, 500,  256, 128",
    "jpeg, 300,  4096, 19,  256",
    "jpeg, 10,   20,   10,  20",
    "gif,  513,  513,  256, 256",
    "png,  4096, 1,    256, 1",
  })
  void ofShouldDrawASmallPng(String format, int width, int height, int toWidth, int toHeight)
      throws IOException {
    Avatar avatar = Avatar.of(picture(format, width, height));

    BufferedImage drawn = ImageIO.read(new ByteArrayInputStream(avatar.png()));
    assertThat(avatar.png()).startsWith(0x89, 'P', 'N', 'G');
    assertThat(drawn.getWidth()).isEqualTo(toWidth);
    assertThat(drawn.getHeight()).isEqualTo(toHeight);
    Color middle = new Color(drawn.getRGB(toWidth / 2, toHeight / 2));
    assertThat(middle.getRed()).isBetween(190, 210);
    assertThat(middle.getBlue()).isBetween(40, 60);
  }

  @Test
  void ofShouldKeepNothingButPixels() {
    byte[] clean = picture("png", 20, 20);
    byte[] trailer = "<script>alert(1)</script>".getBytes(StandardCharsets.UTF_8);
    byte[] withTrailer = Arrays.copyOf(clean, clean.length + trailer.length);
    System.arraycopy(trailer, 0, withTrailer, clean.length, trailer.length);

    Avatar avatar = Avatar.of(withTrailer);

    assertThat(new String(avatar.png(), StandardCharsets.ISO_8859_1)).doesNotContain("script");
    assertThat(avatar.tag()).isEqualTo(Avatar.of(clean).tag()).hasSize(22);
    assertThat(avatar.tag()).isNotEqualTo(Avatar.of(picture("png", 21, 20)).tag());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "BM bitmap",
        "RIFF....WEBP",
        "%PDF-1.7",
        "PNG"
      })
  void ofShouldRefuseOtherKinds(String content) {
    refused(content.getBytes(StandardCharsets.UTF_8), ImageProblem.UNSUPPORTED_IMAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif"})
  void ofShouldRefuseBrokenFiles(String format) {
    byte[] whole = picture(format, 64, 64);

    refused(Arrays.copyOf(whole, 12), ImageProblem.INVALID_IMAGE);
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = whole.clone();
      for (int j = 0; j < 5; j++) {
        damaged[8 + random.nextInt(damaged.length - 8)] = (byte) random.nextInt();
      }
      try {
        Avatar.of(damaged);
      } catch (ProblemException e) {
        assertThat(e.type())
            .isIn(
                ImageProblem.INVALID_IMAGE,
                ImageProblem.IMAGE_TOO_LARGE,
                ImageProblem.UNSUPPORTED_IMAGE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif"})
  void ofShouldRefuseWhatIsCutOffAnywhere(String format) {
    byte[] whole = picture(format, 64, 48);

    for (int length = whole.length - 1; length > 10; length -= 1 + whole.length / 60) {
      refused(Arrays.copyOf(whole, length), ImageProblem.INVALID_IMAGE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GIF89a=1;/* a script */alert(1)//",
        "\u0089PNG\r\n\u001a\n<html>",
        "\u00ff\u00d8\u00ff",
        "\u00ff\u00d8\u00ff\u00d9",
      })
  void ofShouldRefuseWhatOnlyBeginsLikeAPicture(String content) {
    refused(content.getBytes(StandardCharsets.ISO_8859_1), ImageProblem.INVALID_IMAGE);
  }

  @Test
  void ofShouldRefuseByTheHeaderAlone() {
    // 60,000 x 60,000 pixels would take 14 GB; the file has not even data.
    byte[] header = picture("png", 1, 1);
    ByteBuffer png = ByteBuffer.wrap(header);
    png.putInt(16, 60_000).putInt(20, 60_000);
    CRC32 crc = new CRC32();
    crc.update(header, 12, 17);
    png.putInt(29, (int) crc.getValue());

    refused(header, ImageProblem.IMAGE_TOO_LARGE);
    refused(picture("png", Avatar.MAX_SIDE + 1, 1), ImageProblem.IMAGE_TOO_LARGE);
    refused(new byte[Avatar.MAX_BYTES + 1], ImageProblem.IMAGE_TOO_LARGE);
  }

  private static void refused(byte[] bytes, ImageProblem problem) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> Avatar.of(bytes))
        .satisfies(e -> assertThat(e.type()).isEqualTo(problem));
  }

  private static byte[] picture(String format, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    canvas.setColor(new Color(200, 100, 50));
    canvas.fillRect(0, 0, width, height);
    canvas.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
