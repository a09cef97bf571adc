package io.parley.common.text;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.validation.Validation;
import jakarta.validation.Validator;
import org.junit.jupiter.api.Test;

class PlainTextTest {

  private final Validator validator = Validation.buildDefaultValidatorFactory().getValidator();

  @Test
  void limitsShouldCountCodePoints() {
    assertThat(isValid("👩".repeat(64))).isTrue();
    assertThat(isValid("👩".repeat(65))).isFalse();
    assertThat(isValid("")).isFalse();
  }

  @Test
  void textOfEveryScriptShouldPass() {
    assertThat(isValid("Ünal 李 عربي עברית हिन्दी 👩‍🚀 𠜎")).isTrue();
  }

  @Test
  void whatCanNotBeWrittenShouldBeRefused() {
    for (String text :
        new String[] {" ", "\u3000", "a\u0000", "a\n", "a\u007f", "a\u0085", "\ud83d", "\udc69x"}) {
      assertThat(isValid(text)).as(text).isFalse();
    }
  }

  private boolean isValid(String text) {
    return validator.validate(new Text(text)).isEmpty();
  }

  private record Text(@PlainText(max = 64) String text) {}
}
