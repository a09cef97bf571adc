package io.parley.notification.bounce;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.MailBounced.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusCodeTest {

  @ParameterizedTest
  @CsvSource({
    "5.1.1,HARD",
    "5.1.2,HARD",
    "5.1.10,HARD",
    "5.2.1,HARD",
    "5.4.1,HARD",
    "5.0.0,HARD",
    "5.1.7,SOFT",
    "5.1.8,SOFT",
    "5.2.2,SOFT",
    "5.3.4,SOFT",
    "5.5.2,SOFT",
    "5.6.0,SOFT",
    "5.7.1,SOFT",
    "4.1.1,SOFT",
    "4.4.7,SOFT"
  })
  void onlyWhatSpeaksOfTheMailboxShouldBeHard(String code, Kind kind) {
    assertThat(new StatusCode(code).kind()).isEqualTo(kind);
  }

  @Test
  void aCodeShouldBeFoundInWhatServersWrite() {
    assertThat(StatusCode.find("5.1.1")).contains(new StatusCode("5.1.1"));
    assertThat(StatusCode.find(" 5.2.2 (mailbox full)")).contains(new StatusCode("5.2.2"));
    assertThat(StatusCode.find("5.1.10 (null)")).contains(new StatusCode("5.1.10"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "5.1", "3.1.1", "5.1.1.1", "15.1.1", "5.1.1000", "five"})
  void whatIsNoCodeShouldNotBeFound(String text) {
    assertThat(StatusCode.find(text)).isEmpty();
  }
}
