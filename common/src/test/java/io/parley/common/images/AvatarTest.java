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
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.event.IIOReadUpdateListener;
import javax.imageio.stream.MemoryCacheImageOutputStream;
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

  /** 33 bytes each, and a second pass over the whole picture: 30,000 fit into a megabyte. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ofShouldRefuseAJpegWithTooManyScans(boolean progressive) {
    byte[] jpeg = jpeg(64, 64, progressive);

    Avatar.of(jpeg);
    refused(withScans(jpeg, Avatar.MAX_SCANS), ImageProblem.IMAGE_TOO_LARGE);
    refused(withScans(jpeg, 30_000), ImageProblem.IMAGE_TOO_LARGE);
  }

  /** A decoder that loses its way may find them there. */
  @Test
  void scansShouldCountWhereverTheyStand() {
    byte[] scans = new byte[2 * (Avatar.MAX_SCANS + 1)];
    for (int i = 0; i < scans.length; i += 2) {
      scans[i] = (byte) 0xFF;
      scans[i + 1] = (byte) 0xDA;
    }
    byte[] jpeg = picture("jpeg", 20, 20);

    // A comment, a reserved segment, behind the picture.
    refused(inserted(jpeg, 2, segment(0xFE, scans)), ImageProblem.IMAGE_TOO_LARGE);
    refused(inserted(jpeg, 2, segment(0x02, scans)), ImageProblem.IMAGE_TOO_LARGE);
    Avatar.of(inserted(jpeg, jpeg.length, scans));
  }

  @Test
  void ofShouldEndWhenItsTimeIsUp() {
    DrawingBudget noTime = new DrawingBudget(1, 1, Duration.ofSeconds(10), Duration.ZERO);

    for (String format : List.of("png", "jpeg", "gif")) {
      refused(picture(format, 64, 64), ImageProblem.IMAGES_BUSY, noTime);
    }
    // The place is free again.
    refused(picture("png", 64, 64), ImageProblem.IMAGES_BUSY, noTime);
  }

  @Test
  void readingShouldBreakOffInTheMiddleOfADrawing() {
    int scans = 4_000;
    byte[] slow = withScans(jpeg(1024, 1024, true), scans);
    ImageReader jdk = ImageFormat.JPEG.newReader();
    AtomicInteger passes = new AtomicInteger();
    jdk.addIIOReadUpdateListener(counting(passes));
    PictureReader reader = new PictureReader(jdk, Duration.ofMillis(300));

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> reader.read(slow, 512))
        .satisfies(e -> assertThat(e.type()).isEqualTo(ImageProblem.IMAGES_BUSY));

    // The file is read at once, being under 64 kB: only the progress of drawing can have ended it.
    assertThat(slow).hasSizeLessThan(65_536);
    assertThat(passes).hasValueLessThan(scans);
  }

  @Test
  void ofShouldNotWaitForEverForAPlace() throws Exception {
    DrawingBudget budget = new DrawingBudget(1, 1, Duration.ofMillis(50), Duration.ofSeconds(60));
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    Thread other =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    budget.spend(
                        () -> {
                          taken.countDown();
                          return done.await(60, TimeUnit.SECONDS);
                        });
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
    taken.await();

    refused(picture("png", 8, 8), ImageProblem.IMAGES_BUSY, budget);
    done.countDown();
    other.join();

    assertThat(Avatar.of(picture("png", 8, 8), budget).png()).isNotEmpty();
  }

  @Test
  void placesShouldHaveAQueueOfLimitedLength() throws Exception {
    DrawingBudget full = new DrawingBudget(1, 0, Duration.ofSeconds(60), Duration.ofSeconds(60));

    refused(picture("png", 8, 8), ImageProblem.IMAGES_BUSY, full);
  }

  /** 100 MB of text or of a colour profile in 100 kB. */
  @ParameterizedTest
  @ValueSource(strings = {"zTXt", "iCCP", "iTXt"})
  void ofShouldNotUnpackWhatAPngSaysBesidesItsPixels(String type) {
    Deflater deflater = new Deflater(9);
    deflater.setInput(new byte[100_000_000]);
    deflater.finish();
    byte[] packed = new byte[200_000];
    int length = deflater.deflate(packed);
    deflater.end();
    byte[] head = type.equals("iTXt") ? new byte[] {'k', 0, 1, 0, 0, 0} : new byte[] {'k', 0, 0};
    byte[] content = Arrays.copyOf(head, head.length + length);
    System.arraycopy(packed, 0, content, head.length, length);
    byte[] png = picture("png", 20, 20);

    // After IHDR. The JDK's reader does not look at checksums.
    byte[] bomb = inserted(png, 33, chunk(type, content));

    assertThat(Avatar.of(bomb).tag()).isEqualTo(Avatar.of(png).tag());
  }

  @ParameterizedTest
  @ValueSource(strings = {"IDAT", "tEXt", "PLTE", "sPLT", "abCd"})
  void ofShouldReadAPngOfManyChunks(String type) {
    byte[] png = picture("png", 20, 20);
    byte[] chunk = chunk(type, new byte[type.equals("IDAT") ? 0 : 3]);
    byte[] many = new byte[chunk.length * 60_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = chunk[i % chunk.length];
    }

    assertThat(Avatar.of(inserted(png, 33, many)).tag()).isEqualTo(Avatar.of(png).tag());
  }

  @Test
  void ofShouldReadAnInterlacedPng() throws IOException {
    BufferedImage image = new BufferedImage(300, 300, BufferedImage.TYPE_INT_RGB);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);

    assertThat(Avatar.of(written(writer, image, param)).png()).isNotEmpty();
  }

  /** A comment of 500,000 parts; 100,000 comments. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ofShouldReadAGifOfManyComments(boolean inOne) {
    ByteArrayOutputStream comments = new ByteArrayOutputStream();
    for (int i = 0; i < (inOne ? 500_000 : 100_000); i++) {
      comments.writeBytes(inOne ? new byte[] {1, 'x'} : new byte[] {0x21, (byte) 0xFE, 1, 'x', 0});
    }
    byte[] content = comments.toByteArray();
    if (inOne) {
      content = inserted(inserted(content, content.length, new byte[1]), 0, new byte[] {0x21, -2});
    }
    byte[] gif = picture("gif", 20, 20);

    assertThat(Avatar.of(inserted(gif, gifHead(gif), content)).tag())
        .isEqualTo(Avatar.of(gif).tag());
  }

  /** Only the first frame is drawn, at its own size, however large the screen is said to be. */
  @Test
  void ofShouldReadAGifOfManyFramesOnALargeScreen() throws IOException {
    byte[] gif = picture("gif", 20, 20);
    int head = gifHead(gif);
    byte[] frame = Arrays.copyOfRange(gif, head, gif.length - 1);
    byte[] large = gif.clone();
    Arrays.fill(large, 6, 10, (byte) 0xFF);
    byte[] many = large;
    for (int i = 0; i < 200; i++) {
      many = inserted(many, head, frame);
    }

    assertThat(Avatar.of(many).tag()).isEqualTo(Avatar.of(gif).tag());
  }

  @Test
  void ofShouldRefuseCmykWithAReason() {
    byte[] jpeg = picture("jpeg", 20, 20);
    int frame = 0;
    while ((jpeg[frame] & 0xFF) != 0xFF || (jpeg[frame + 1] & 0xFF) != 0xC0) {
      frame++;
    }
    jpeg[frame + 9] = 4;

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> Avatar.of(jpeg))
        .withMessageContaining("CMYK")
        .satisfies(e -> assertThat(e.type()).isEqualTo(ImageProblem.UNSUPPORTED_IMAGE));
  }

  /** The red corner is the stored picture's upper left one. */
  @ParameterizedTest
  @CsvSource({
    "1, 0, 0", "2, 1, 0", "3, 1, 1", "4, 0, 1", "5, 0, 0", "6, 1, 0", "7, 1, 1", "8, 0, 1",
    "9, 0, 0"
  })
  void ofShouldTurnThePictureAsTheCameraWasHeld(int orientation, int right, int below)
      throws IOException {
    BufferedImage stored = new BufferedImage(160, 80, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = stored.createGraphics();
    canvas.setColor(Color.RED);
    canvas.fillRect(0, 0, 32, 16);
    canvas.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(stored, "jpeg", bytes);
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      byte[] jpeg = inserted(bytes.toByteArray(), 2, exif(orientation, order));

      BufferedImage drawn = ImageIO.read(new ByteArrayInputStream(Avatar.of(jpeg).png()));

      boolean turned = orientation >= 5 && orientation <= 8;
      assertThat(drawn.getWidth()).isEqualTo(turned ? 80 : 160);
      assertThat(drawn.getHeight()).isEqualTo(turned ? 160 : 80);
      int x = right == 0 ? 5 : drawn.getWidth() - 6;
      int y = below == 0 ? 5 : drawn.getHeight() - 6;
      assertThat(new Color(drawn.getRGB(x, y)).getRed()).isGreaterThan(200);
    }
  }

  private static IIOReadUpdateListener counting(AtomicInteger passes) {
    return (IIOReadUpdateListener)
        Proxy.newProxyInstance(
            AvatarTest.class.getClassLoader(),
            new Class<?>[] {IIOReadUpdateListener.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("passStarted")) {
                passes.incrementAndGet();
              }
              return null;
            });
  }

  private static byte[] exif(int orientation, ByteOrder order) {
    ByteBuffer content = ByteBuffer.allocate(6 + 8 + 2 + 12 + 4);
    content.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
    String mark = order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM";
    content.put(mark.getBytes(StandardCharsets.US_ASCII));
    content.order(order).putShort((short) 42).putInt(8).putShort((short) 1);
    content.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
    return segment(0xE1, content.array());
  }

  /** Each scan more is the last one's header again, with no data. */
  private static byte[] withScans(byte[] jpeg, int more) {
    int sos = 0;
    for (int i = 0; i + 1 < jpeg.length; i++) {
      if ((jpeg[i] & 0xFF) == 0xFF && (jpeg[i + 1] & 0xFF) == 0xDA) {
        sos = i;
      }
    }
    byte[] scan = Arrays.copyOfRange(jpeg, sos, sos + 2 + jpeg[sos + 3]);
    byte[] scans = new byte[scan.length * more];
    for (int i = 0; i < scans.length; i++) {
      scans[i] = scan[i % scan.length];
    }
    return inserted(jpeg, jpeg.length - 2, scans);
  }

  private static byte[] segment(int marker, byte[] content) {
    return ByteBuffer.allocate(4 + content.length)
        .put((byte) 0xFF)
        .put((byte) marker)
        .putShort((short) (2 + content.length))
        .put(content)
        .array();
  }

  private static byte[] chunk(String type, byte[] content) {
    return ByteBuffer.allocate(12 + content.length)
        .putInt(content.length)
        .put(type.getBytes(StandardCharsets.US_ASCII))
        .put(content)
        .putInt(0)
        .array();
  }

  /** Bytes up to the first block. */
  private static int gifHead(byte[] gif) {
    return 13 + ((gif[10] & 0x80) == 0 ? 0 : 3 << ((gif[10] & 7) + 1));
  }

  private static byte[] inserted(byte[] file, int at, byte[] part) {
    return ByteBuffer.allocate(file.length + part.length)
        .put(file, 0, at)
        .put(part)
        .put(file, at, file.length - at)
        .array();
  }

  private static byte[] jpeg(int width, int height, boolean progressive) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setProgressiveMode(
        progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
    try {
      return written(writer, new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), param);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] written(ImageWriter writer, BufferedImage image, ImageWriteParam param)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), param);
    }
    writer.dispose();
    return bytes.toByteArray();
  }

  private static void refused(byte[] bytes, ImageProblem problem, DrawingBudget budget) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> Avatar.of(bytes, budget))
        .satisfies(e -> assertThat(e.type()).isEqualTo(problem))
        .satisfies(e -> assertThat(e.headers()).containsKey("Retry-After"));
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
