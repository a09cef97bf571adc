package io.parley.common.images;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The one thing that is read of a photograph's metadata: how the camera was held. */
final class Exif {

  private static final byte[] HEAD = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final int ORIENTATION = 0x0112;
  private static final int ENTRY_BYTES = 12;

  private Exif() {}

  /**
   * @param from the first byte of an APP1 segment's content
   * @return 1 to 8 as in TIFF 6.0; 1 when nothing valid is said
   */
  static int orientation(byte[] file, int from, int to) {
    if (to - from < HEAD.length + 8
        || !Arrays.equals(file, from, from + HEAD.length, HEAD, 0, HEAD.length)) {
      return 1;
    }
    ByteBuffer tiff =
        ByteBuffer.wrap(file, from + HEAD.length, to - from - HEAD.length)
            .slice()
            .order(
                file[from + HEAD.length] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    if (directory < 8 || directory > tiff.limit() - 2) {
      return 1;
    }
    int entries = Short.toUnsignedInt(tiff.getShort(directory));
    int at = directory + 2;
    for (int i = 0; i < entries && at + ENTRY_BYTES <= tiff.limit(); i++, at += ENTRY_BYTES) {
      if (Short.toUnsignedInt(tiff.getShort(at)) == ORIENTATION) {
        int value = Short.toUnsignedInt(tiff.getShort(at + 8));
        return value >= 1 && value <= 8 ? value : 1;
      }
    }
    return 1;
  }
}
