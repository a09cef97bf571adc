package io.parley.notification.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.decision.Facts.Question;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FactsClientTest {

  private final ConversationId conversation = new ConversationId(UUID.randomUUID());

  @Test
  void requestsShouldHoldAtMostAsManyPairsAsAreAnsweredAndLeaveNoneOut() {
    List<Question> questions =
        List.of(question(1, 300), question(2, 300), question(3, 1_100), question(4, 1));

    List<List<Question>> requests = FactsClient.requests(questions);

    assertThat(requests.stream().map(FactsClientTest::pairs)).containsExactly(500, 500, 500, 201);
    for (Question question : questions) {
      assertThat(
              requests.stream()
                  .flatMap(List::stream)
                  .filter(part -> part.seq() == question.seq())
                  .flatMap(part -> part.userIds().stream()))
          .containsExactlyElementsOf(question.userIds());
    }
  }

  @Test
  void nothingToAskShouldMakeNoRequest() {
    assertThat(FactsClient.requests(List.of())).isEmpty();
  }

  private static int pairs(List<Question> request) {
    return request.stream().mapToInt(question -> question.userIds().size()).sum();
  }

  private Question question(long seq, int users) {
    return new Question(
        conversation,
        seq,
        IntStream.range(0, users).mapToObj(i -> new UserId(UUID.randomUUID())).toList());
  }
}
