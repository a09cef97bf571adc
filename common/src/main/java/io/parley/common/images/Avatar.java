package io.parley.common.images;

import io.parley.common.problems.ProblemException;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import javax.imageio.ImageIO;
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

  /**
   * Of a JPEG. A progressive one is drawn anew after each, 0.1 s at 4096 pixels a side; encoders
   * make about ten.
   */
  static final int MAX_SCANS = 20;

  private static final DrawingBudget BUDGET =
      new DrawingBudget(2, 16, Duration.ofSeconds(5), Duration.ofSeconds(15));

  /**
   * Reads a PNG, JPEG or GIF (its first frame), whatever its name or declared type, and turns it as
   * its Exif orientation says. A picture that is cut off is refused; what comes behind it is left
   * behind.
   *
   * @throws ProblemException 400 {@code invalid-image}, 413 {@code image-too-large}, 415 {@code
   *     unsupported-image}, 503 {@code images-busy}
   */
  public static Avatar of(byte[] bytes) {
    return of(bytes, BUDGET);
  }

  static Avatar of(byte[] bytes, DrawingBudget budget) {
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
    // No reader sees what stands behind the picture, so none can be led there.
    byte[] file = Arrays.copyOf(bytes, format.end(bytes));
    int orientation = 1;
    if (format == ImageFormat.JPEG) {
      JpegParts parts = JpegParts.of(file);
      check(parts);
      orientation = parts.orientation();
    }
    byte[] png = draw(file, format, orientation, budget);
    return new Avatar(png, tag(png));
  }

  private static void check(JpegParts jpeg) {
    if (jpeg.components() == 4) {
      throw new ProblemException(
          ImageProblem.UNSUPPORTED_IMAGE, "This JPEG has CMYK colours: save it with RGB colours");
    }
    if (jpeg.scans() > MAX_SCANS) {
      throw tooLarge();
    }
  }

  private static byte[] draw(
      byte[] file, ImageFormat format, int orientation, DrawingBudget budget) {
    try {
      return budget.spend(
          () -> {
            PictureReader reader = new PictureReader(format.newReader(), budget.longestDrawing());
            // Twice of what is wanted, so that scaling has something to choose from.
            return png(upright(scaled(reader.read(file, 2 * SIDE)), orientation));
          });
    } catch (ProblemException e) {
      throw e;
    } catch (Exception e) {
      // The JDK's readers answer some broken files with exceptions of every kind.
      throw new ProblemException(ImageProblem.INVALID_IMAGE);
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

  /**
   * @param orientation as in TIFF 6.0: where the first row and column of the stored picture belong
   */
  private static BufferedImage upright(BufferedImage image, int orientation) {
    if (orientation == 1) {
      return image;
    }
    int width = image.getWidth();
    int height = image.getHeight();
    boolean turned = orientation >= 5;
    BufferedImage result =
        new BufferedImage(
            turned ? height : width, turned ? width : height, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int right = width - 1 - x;
        int below = height - 1 - y;
        int rgb = image.getRGB(x, y);
        switch (orientation) {
          case 2 -> result.setRGB(right, y, rgb);
          case 3 -> result.setRGB(right, below, rgb);
          case 4 -> result.setRGB(x, below, rgb);
          case 5 -> result.setRGB(y, x, rgb);
          case 6 -> result.setRGB(below, x, rgb);
          case 7 -> result.setRGB(below, right, rgb);
          default -> result.setRGB(y, right, rgb);
        }
      }
    }
    return result;
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

  static ProblemException tooLarge() {
    return new ProblemException(
        ImageProblem.IMAGE_TOO_LARGE,
        "A picture may have at most %d bytes, %d pixels a side and, as a JPEG, %d scans"
            .formatted(MAX_BYTES, MAX_SIDE, MAX_SCANS),
        Map.of("maxBytes", MAX_BYTES, "maxSide", MAX_SIDE, "maxScans", MAX_SCANS));
  }
}
