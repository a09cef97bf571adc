package io.parley.common.images;

import static io.parley.common.images.ImageFormat.uint16;
import static io.parley.common.images.ImageFormat.uint8;

/**
 * What a JPEG's segments say of it (ITU-T T.81, annex B), found without decoding anything.
 *
 * @param end offset of the first byte behind the picture; -1, or behind the file, when there is
 *     none
 * @param scans an upper bound, whatever a decoder makes of a broken structure: each SOS marker up
 *     to the end counts, wherever it stands. A thumbnail in the metadata adds its own
 * @param components 1 grey, 3 colours, 4 CMYK; 0 without a frame
 * @param orientation of Exif, 1 to 8; 1 is upright
 */
record JpegParts(int end, int scans, int components, int orientation) {

  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int APP1 = 0xE1;

  static JpegParts of(byte[] file) {
    int components = 0;
    int orientation = 1;
    int end = -1;
    int at = 2;
    while (end < 0 && at >= 0 && at + 2 <= file.length && uint8(file, at) == 0xFF) {
      int marker = uint8(file, at + 1);
      if (marker == EOI) {
        end = at + 2;
      } else if (marker == 0xFF) {
        // Fill byte.
        at++;
      } else if (isStandalone(marker)) {
        at += 2;
      } else if (at + 4 > file.length) {
        at = -1;
      } else {
        int body = at + 4;
        at += 2 + uint16(file, at + 2);
        if (isFrame(marker) && body + 6 <= file.length) {
          components = uint8(file, body + 5);
        } else if (marker == APP1 && orientation == 1) {
          orientation = Exif.orientation(file, body, Math.min(at, file.length));
        } else if (marker == SOS) {
          at = afterScan(file, at);
        }
      }
    }
    return new JpegParts(end, scans(file, Math.min(end, file.length)), components, orientation);
  }

  private static int scans(byte[] file, int end) {
    int scans = 0;
    for (int at = 0; at + 1 < end; at++) {
      if (uint8(file, at) == 0xFF && uint8(file, at + 1) == SOS) {
        scans++;
      }
    }
    return scans;
  }

  private static boolean isStandalone(int marker) {
    return marker == 0x01 || (marker >= 0xD0 && marker <= SOI);
  }

  /** SOF0 to SOF15, between which DHT, JPG and DAC have their places. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  /** Compressed data runs to the next marker other than a restart; FF00 is a stuffed FF. */
  private static int afterScan(byte[] file, int from) {
    int at = from;
    while (at + 1 < file.length) {
      int next = uint8(file, at + 1);
      if (uint8(file, at) == 0xFF && next != 0 && !(next >= 0xD0 && next <= 0xD7)) {
        return at;
      }
      at++;
    }
    return file.length;
  }
}
