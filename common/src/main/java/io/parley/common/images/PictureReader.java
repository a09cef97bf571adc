package io.parley.common.images;

import io.parley.common.problems.ProblemException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadProgressListener;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** One reading of a stranger's picture by the JDK's reader, which ends when its time is up. */
final class PictureReader implements IIOReadProgressListener {

  private final ImageReader reader;
  private final long deadline;

  PictureReader(ImageReader reader, Duration limit) {
    this.reader = reader;
    this.deadline = System.nanoTime() + limit.toNanos();
  }

  /**
   * Reads every nth pixel, as long as that leaves the longer side at least as long as wanted.
   *
   * @throws ProblemException 413 {@code image-too-large}; 503 {@code images-busy} when the time is
   *     up
   */
  BufferedImage read(byte[] file, int wantedSide) throws IOException {
    try (TimedStream in = new TimedStream(file)) {
      // Metadata is not read: a few bytes of it can unpack to gigabytes.
      reader.setInput(in, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if (width > Avatar.MAX_SIDE || height > Avatar.MAX_SIDE) {
        throw Avatar.tooLarge();
      }
      ImageReadParam param = reader.getDefaultReadParam();
      int step = Math.max(1, Math.max(width, height) / wantedSide);
      param.setSourceSubsampling(step, step, 0, 0);
      reader.addIIOReadProgressListener(this);
      BufferedImage image = reader.read(0, param);
      // An aborted reader returns what it has so far.
      requireTime();
      return image;
    } finally {
      reader.dispose();
    }
  }

  private boolean isTimeUp() {
    return System.nanoTime() - deadline >= 0;
  }

  private void requireTime() {
    if (isTimeUp()) {
      throw new ProblemException(ImageProblem.IMAGES_BUSY);
    }
  }

  @Override
  public void imageProgress(ImageReader source, float percentageDone) {
    if (isTimeUp()) {
      source.abort();
    }
  }

  /** While a header is parsed there is no progress, but the file is read. */
  private final class TimedStream extends MemoryCacheImageInputStream {

    TimedStream(byte[] file) {
      super(new ByteArrayInputStream(file));
    }

    @Override
    public int read() throws IOException {
      requireTime();
      return super.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      requireTime();
      return super.read(buffer, offset, length);
    }
  }

  @Override
  public void sequenceStarted(ImageReader source, int minIndex) {}

  @Override
  public void sequenceComplete(ImageReader source) {}

  @Override
  public void imageStarted(ImageReader source, int imageIndex) {}

  @Override
  public void imageComplete(ImageReader source) {}

  @Override
  public void thumbnailStarted(ImageReader source, int imageIndex, int thumbnailIndex) {}

  @Override
  public void thumbnailProgress(ImageReader source, float percentageDone) {}

  @Override
  public void thumbnailComplete(ImageReader source) {}

  @Override
  public void readAborted(ImageReader source) {}
}
