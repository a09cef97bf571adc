package io.parley.common.images;

import io.parley.common.problems.ProblemException;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Semaphore;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A small picture of a user or a group. What is kept is drawn anew from the pixels of what was
 * sent: no metadata (a phone writes the place into it), nothing hidden behind the picture, no file
 * that is a picture and a script at once.
 *
 * @param png at most {@link #SIDE} pixels wide and high, in the proportions of the original
 * @param tag changes with the content; base64url, good for an ETag
 */
public record Avatar(byte[] png, String tag) {

  /** Pixels. */
  public static final int SIDE = 256;

  /** Of what is sent, in bytes. */
  public static final int MAX_BYTES = 1024 * 1024;

  /** Of what is sent, in pixels: read from the header, before anything is unpacked. */
  static final int MAX_SIDE = 4096;

  /** Unpacking the largest picture takes some 100 MB. */
  private static final Semaphore AT_ONCE = new Semaphore(2);

  /**
   * Reads a PNG, JPEG or GIF (its first frame), whatever its name or declared type. A picture that
   * is cut off is refused; what comes behind it is left behind.
   *
   * @throws ProblemException 400 {@code invalid-image}, 413 {@code image-too-large}, 415 {@code
   *     unsupported-image}
   */
  public static Avatar of(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw tooLarge();
    }
    ImageFormat format = ImageFormat.of(bytes);
    if (format == null) {
      throw new ProblemException(ImageProblem.UNSUPPORTED_IMAGE);
    }
    if (!format.isWhole(bytes)) {
      throw new ProblemException(ImageProblem.INVALID_IMAGE);
    }
    AT_ONCE.acquireUninterruptibly();
    try {
      byte[] png = png(scaled(pixels(bytes, format)));
      return new Avatar(png, tag(png));
    } catch (IOException | RuntimeException e) {
      // The JDK's readers answer some broken files with exceptions of every kind.
      if (e instanceof ProblemException refusal) {
        throw refusal;
      }
      throw new ProblemException(ImageProblem.INVALID_IMAGE);
    } finally {
      AT_ONCE.release();
    }
  }

  private static BufferedImage pixels(byte[] bytes, ImageFormat format) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName(format.reader()).next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      // Metadata is not read: a few bytes of it can unpack to gigabytes.
      reader.setInput(in, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if (width > MAX_SIDE || height > MAX_SIDE) {
        throw tooLarge();
      }
      ImageReadParam param = reader.getDefaultReadParam();
      // Every nth pixel, as long as that leaves twice of what is wanted.
      int step = Math.max(1, Math.max(width, height) / (2 * SIDE));
      param.setSourceSubsampling(step, step, 0, 0);
      return reader.read(0, param);
    } finally {
      reader.dispose();
    }
  }

  private static BufferedImage scaled(BufferedImage image) {
    double factor = Math.min(1.0, (double) SIDE / Math.max(image.getWidth(), image.getHeight()));
    int width = Math.max(1, (int) Math.round(image.getWidth() * factor));
    int height = Math.max(1, (int) Math.round(image.getHeight() * factor));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D canvas = small.createGraphics();
    canvas.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    canvas.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
    canvas.drawImage(image, 0, 0, width, height, null);
    canvas.dispose();
    return small;
  }

  private static byte[] png(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(image, "png", out);
    }
    return bytes.toByteArray();
  }

  private static String tag(byte[] png) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(png);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 22);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ProblemException tooLarge() {
    return new ProblemException(
        ImageProblem.IMAGE_TOO_LARGE,
        "A picture may have at most " + MAX_BYTES + " bytes and " + MAX_SIDE + " pixels a side",
        Map.of("maxBytes", MAX_BYTES, "maxSide", MAX_SIDE));
  }
}
