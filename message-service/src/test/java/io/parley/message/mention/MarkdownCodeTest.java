package io.parley.message.mention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In these texts x is code, and o is not. */
class MarkdownCodeTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "o",
        "o `x` o",
        "o ``x ` x`` o",
        "`x`o`x`",
        "o ` o",
        "o `` o ` o",
        "` o `` o",
        "`o\n\no`",
        "`x\nx`",
        "o \\`o` o",
        "o \\\\`x` o",
        "`x\\`o",
        "\\``x`",
        "```\nx\n```\no",
        "o\n```java\nx `x` x\n\nx\n```\no `x`",
        "```\nx",
        "````\nx\n```\nx\n````\no",
        "```\nx\n```x\nx\n``` \no",
        "   ```\nx\n  ```\no",
        "    ```\no\n",
        "```x```o",
        "o `o\n```\nx\n```\no` o",
        "``` x ``` o\n```\nx",
        "```\r\nx\r\n```\r\no",
        "o\n \t\no `x`",
      })
  void codeShouldBeFound(String text) {
    MarkdownCode code = MarkdownCode.of(text);
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == 'x' || text.charAt(i) == 'o') {
        assertThat(code.contains(i)).as("%s at %d", text, i).isEqualTo(text.charAt(i) == 'x');
      }
    }
  }

  /** Each of these would take minutes if the time grew with the square of the length. */
  @Test
  void longTextsShouldTakeNoLonger() {
    StringBuilder different = new StringBuilder();
    for (int i = 1; i < 1_500; i++) {
      different.append("`".repeat(i)).append(' ');
    }
    Assertions.assertTimeout(
        Duration.ofSeconds(20),
        () -> {
          MarkdownCode.of("` `` ".repeat(400_000));
          MarkdownCode.of("```\n".repeat(400_000));
          MarkdownCode.of("\\`".repeat(400_000));
          MarkdownCode.of(different.toString());
        });
  }
}
