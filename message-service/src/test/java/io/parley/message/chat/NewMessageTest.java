package io.parley.message.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.mention.Mention;
import io.parley.message.mention.Mentioned;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class NewMessageTest {

  private static final int MAX = 10;

  private static NewMessage of(@Nullable String id, @Nullable String text) {
    return NewMessage.of(new SendMessage(id, text, null, null, null, null), MAX);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " ", "a b", "ä", "a\n"})
  void wrongNameShouldBeRefused(@Nullable String id) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> of(id, "text"))
        .withMessageContaining("clientMessageId");
  }

  @Test
  void nameShouldHaveAtMost64Characters() {
    assertThat(of("!".repeat(64), "text").clientMessageId()).hasSize(64);
    assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> of("!".repeat(65), "text"));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {"", " \n", "12345678901", "a\0", "a\u001b", "\u007f", "a\ud800", "\udc00a"})
  void wrongTextShouldBeRefused(@Nullable String text) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> of("id", text))
        .withMessageContaining("text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1234567890", " a\tb\r\n", "😀😀😀😀😀"})
  void textShouldStayAsItIs(String text) {
    assertThat(of("id", text).text()).isEqualTo(text);
  }

  /** Events in the log are compared with repeats by the letter. */
  @Test
  void payloadShouldStayAsItIsInTheLog() {
    JsonMapper json = JsonMapper.builder().build();
    assertThat(json.writeValueAsString(of("id", "a\"b/ä\n")))
        .isEqualTo("{\"clientMessageId\":\"id\",\"text\":\"a\\\"b/ä\\n\"}");
    assertThat(
            json.writeValueAsString(
                NewMessage.of(new SendMessage("id", "text", 7L, 3L, null, null), MAX)))
        .isEqualTo("{\"clientMessageId\":\"id\",\"text\":\"text\",\"replyTo\":7}");
  }

  /** What its author said is a repeat's, too; whom it mentions may be found otherwise. */
  @ParameterizedTest
  @ValueSource(strings = {"@ann hi", ",\"mentions\":[]", "a,", "}", "\\\",\\\"mentions\\\":"})
  void whatWasSaidShouldBeThePayloadWithoutMentions(String text) {
    JsonMapper json = JsonMapper.builder().build();
    UserId ann = new UserId(UUID.randomUUID());
    for (Long replyTo : new Long[] {null, 7L}) {
      NewMessage said = NewMessage.of(new SendMessage("id", text, replyTo, null, null, null), 100);
      NewMessage stored =
          said.mentioning(
              new Mentioned(
                  List.of(new Mention(ann, null, 0, 4), new Mention(null, Mention.All.HERE, 5, 5)),
                  Mention.All.HERE));
      String payload = json.writeValueAsString(said);
      assertThat(json.writeValueAsString(stored))
          .isEqualTo(
              payload.substring(0, payload.length() - 1)
                  + ",\"mentions\":[{\"userId\":\""
                  + ann
                  + "\",\"start\":0,\"length\":4},{\"all\":\"here\",\"start\":5,\"length\":5}],"
                  + "\"mentionsAll\":\"here\"}");
      assertThat(NewMessage.said(json.writeValueAsString(stored))).isEqualTo(payload);
      assertThat(NewMessage.said(payload)).isEqualTo(payload);
    }
  }

  /** What it passes on is found when it is stored; which message that is was said. */
  @Test
  void whatWasSaidOfForwardShouldBeWithoutWhatItPassesOn() {
    JsonMapper json = JsonMapper.builder().build();
    UserId ann = new UserId(UUID.randomUUID());
    ForwardedFrom asked = ForwardedFrom.asked("0123456789abcdef");
    NewMessage said =
        NewMessage.of(
                new SendMessage("id", ",\"forwardedFrom\":{\"key\":\"", null, null, null, null),
                100)
            .forwarding(asked);
    String payload = json.writeValueAsString(said);
    assertThat(payload).endsWith(",\"forwardedFrom\":{\"key\":\"0123456789abcdef\"}}");
    assertThat(NewMessage.saidOfForward(payload)).isEqualTo(payload);
    NewMessage stored =
        said.forwarding(
                new ForwardedFrom(
                    asked.key(), ann, Instant.EPOCH, ",\"mentions\":[\"}}", null, null))
            .mentioning(
                new Mentioned(
                    List.of(new Mention(null, Mention.All.HERE, 5, 5)), Mention.All.HERE));
    assertThat(NewMessage.saidOfForward(json.writeValueAsString(stored))).isEqualTo(payload);
    // And what passes nothing on says something else.
    String plain =
        json.writeValueAsString(
            NewMessage.of(new SendMessage("id", "text", null, null, null, null), 100));
    assertThat(NewMessage.saidOfForward(plain)).isEqualTo(plain);
  }

  @Test
  void whenItDisappearsShouldNotBeWhatItsAuthorSaid() {
    JsonMapper json = JsonMapper.builder().build();
    NewMessage said =
        NewMessage.of(new SendMessage("id", ",\"expiresAt\":\"", 7L, null, null, true), 100);
    String stored =
        json.writeValueAsString(said.expiringAt(Instant.parse("2026-03-01T09:30:00.001Z")));
    String payload = json.writeValueAsString(said);
    assertThat(stored)
        .isEqualTo(
            payload.substring(0, payload.length() - 1)
                + ",\"expiresAt\":\"2026-03-01T09:30:00.001Z\"}");
    assertThat(NewMessage.said(stored)).isEqualTo(payload);
    assertThat(NewMessage.said(payload)).isEqualTo(payload);
  }
}
