package io.parley.common.images;

import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import org.jspecify.annotations.Nullable;

/**
 * The formats that are read, told apart by their first bytes, and where an image of each ends: the
 * JDK's readers show a JPEG that was cut off as if it were whole, with the rest in grey.
 */
enum ImageFormat {
  PNG("png", 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n') {
    @Override
    int end(byte[] file) {
      int at = 8;
      while (at + 12 <= file.length) {
        long length = uint32(file, at);
        if (length > file.length - at - 12) {
          return -1;
        }
        boolean last =
            new String(file, at + 4, 4, StandardCharsets.ISO_8859_1).equals("IEND") && length == 0;
        at += 12 + (int) length;
        if (last) {
          return at;
        }
      }
      return -1;
    }
  },
  JPEG("jpeg", 0xFF, 0xD8, 0xFF) {
    @Override
    int end(byte[] file) {
      return JpegParts.of(file).end();
    }
  },
  GIF("gif", 'G', 'I', 'F', '8') {
    @Override
    int end(byte[] file) {
      if (file.length < 13) {
        return -1;
      }
      int at = 13 + colours(uint8(file, 10));
      while (at < file.length) {
        int block = uint8(file, at);
        if (block == 0x3B) {
          return at + 1;
        } else if (block == 0x21) {
          at = afterSubBlocks(file, at + 2);
        } else if (block == 0x2C && at + 10 < file.length) {
          at = afterSubBlocks(file, at + 10 + colours(uint8(file, at + 9)) + 1);
        } else {
          return -1;
        }
      }
      return -1;
    }

    /** Bytes of the colour table that the packed field announces. */
    private int colours(int packed) {
      return (packed & 0x80) == 0 ? 0 : 3 << ((packed & 7) + 1);
    }

    private int afterSubBlocks(byte[] file, int from) {
      int at = from;
      while (at < file.length && uint8(file, at) != 0) {
        at += 1 + uint8(file, at);
      }
      return at + 1;
    }
  };

  /** ImageIO's name of it. */
  private final String reader;

  private final int[] signature;

  ImageFormat(String reader, int... signature) {
    this.reader = reader;
    this.signature = signature;
  }

  static @Nullable ImageFormat of(byte[] file) {
    for (ImageFormat format : values()) {
      if (format.begins(file)) {
        return format;
      }
    }
    return null;
  }

  ImageReader newReader() {
    return ImageIO.getImageReadersByFormatName(reader).next();
  }

  /** Whether nothing is missing. What comes behind the image does not count. */
  boolean isWhole(byte[] file) {
    int end = end(file);
    return end > 0 && end <= file.length;
  }

  /** Offset of the first byte behind the image; -1, or behind the file, when there is none. */
  abstract int end(byte[] file);

  private boolean begins(byte[] file) {
    if (file.length < signature.length) {
      return false;
    }
    for (int i = 0; i < signature.length; i++) {
      if (uint8(file, i) != signature[i]) {
        return false;
      }
    }
    return true;
  }

  static int uint8(byte[] file, int at) {
    return file[at] & 0xFF;
  }

  static int uint16(byte[] file, int at) {
    return uint8(file, at) << 8 | uint8(file, at + 1);
  }

  private static long uint32(byte[] file, int at) {
    return (long) uint16(file, at) << 16 | uint16(file, at + 2);
  }
}
