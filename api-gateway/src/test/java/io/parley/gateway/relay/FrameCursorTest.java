package io.parley.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameCursorTest {

  private static final int[] LENGTHS = {0, 1, 125, 126, 127, 65_535, 65_536, 70_000, 3};

  @Test
  void boundariesShouldBeFoundHoweverTheBytesAreCut() {
    ByteBuf bytes = Unpooled.buffer();
    for (int length : LENGTHS) {
      frame(bytes, 2, length);
    }
    Random random = new Random(3);
    for (int run = 0; run < 20; run++) {
      FrameCursor cursor = new FrameCursor();
      ByteBuf rest = bytes.duplicate();
      int frames = 0;
      int frameStart = 0;
      while (rest.isReadable()) {
        // Into the next frame by one byte, then to its end in pieces.
        cursor.passAll(rest.readSlice(1));
        while (!cursor.isBetweenFrames()) {
          int piece = Math.min(1 + random.nextInt(50_000), rest.readableBytes());
          rest.skipBytes(cursor.passFrame(rest.slice(rest.readerIndex(), piece)));
        }
        assertThat(rest.readerIndex() - frameStart).isEqualTo(size(LENGTHS[frames++]));
        frameStart = rest.readerIndex();
      }
      assertThat(frames).isEqualTo(LENGTHS.length);
      assertThat(cursor.isClosing()).isFalse();
    }
  }

  @Test
  void allAtOnceShouldEndBetweenFrames() {
    ByteBuf bytes = Unpooled.buffer();
    for (int length : LENGTHS) {
      frame(bytes, 1, length);
    }
    FrameCursor cursor = new FrameCursor();
    cursor.passAll(bytes);
    assertThat(cursor.isBetweenFrames()).isTrue();
    cursor.passAll(Unpooled.wrappedBuffer(new byte[] {(byte) 0x81, 126}));
    assertThat(cursor.isBetweenFrames()).isFalse();
  }

  @Test
  void aCloseFrameShouldBeSeen() {
    FrameCursor cursor = new FrameCursor();
    cursor.passAll(Unpooled.wrappedBuffer(new byte[] {(byte) 0x88, 2, 3, (byte) 0xe8}));
    assertThat(cursor.isClosing()).isTrue();
    assertThat(cursor.isBetweenFrames()).isTrue();
  }

  @Test
  void aMaskedFrameShouldBeMeasuredToo() {
    FrameCursor cursor = new FrameCursor();
    cursor.passAll(Unpooled.wrappedBuffer(new byte[] {(byte) 0x82, (byte) 0x81, 1, 2, 3, 4}));
    assertThat(cursor.isBetweenFrames()).isFalse();
    assertThat(cursor.passFrame(Unpooled.wrappedBuffer(new byte[] {9, 9}))).isEqualTo(1);
  }

  private static int size(int length) {
    return length + (length < 126 ? 2 : length < 65_536 ? 4 : 10);
  }

  private static void frame(ByteBuf out, int opcode, int length) {
    out.writeByte(0x80 | opcode);
    if (length < 126) {
      out.writeByte(length);
    } else if (length < 65_536) {
      out.writeByte(126).writeShort(length);
    } else {
      out.writeByte(127).writeLong(length);
    }
    out.writeBytes(new byte[length]);
  }
}
