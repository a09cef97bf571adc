package io.parley.common.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class SealTest {

  private static final String SECRET = Base64.getEncoder().encodeToString(new byte[32]);

  private final Seal seal = new Seal(SECRET, "tests");

  @Test
  void openShouldGiveBackWhatWasSealed() {
    String sealed = seal.sealText("Ünal 👩‍🚀", "row 1");

    assertThat(sealed).isNotEqualTo(seal.sealText("Ünal 👩‍🚀", "row 1"));
    assertThat(seal.openText(sealed, "row 1")).isEqualTo("Ünal 👩‍🚀");
  }

  @Test
  void openShouldRefuseAnotherContextPurposeOrAlteredBytes() {
    byte[] sealed = seal.seal(new byte[] {1, 2, 3}, "row 1");

    assertThat(seal.open(sealed, "row 1")).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> seal.open(sealed, "row 2")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new Seal(SECRET, "others").open(sealed, "row 1"))
        .hasMessageContaining("PARLEY_SECRET");
    sealed[sealed.length - 1] ^= 1;
    assertThatThrownBy(() -> seal.open(sealed, "row 1")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> seal.open(new byte[] {1}, "row 1"))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> seal.openText("%", "row 1")).isInstanceOf(IllegalStateException.class);
  }
}
