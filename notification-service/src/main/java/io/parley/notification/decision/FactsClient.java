package io.parley.notification.decision;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.parley.common.access.ServiceTokens;
import io.parley.common.ids.UserId;
import io.parley.common.nodes.NodeDirectory;
import io.parley.common.nodes.NodeRequests;
import io.parley.notification.decision.Facts.Message;
import io.parley.notification.decision.Facts.Question;
import io.parley.notification.metrics.NotificationMeter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;

/** Asks message-service for the facts that decisions rest on. */
@Component
public class FactsClient {

  /** Pairs of message and user in one request; message-service answers at most as many. */
  static final int MAX_PAIRS = 500;

  private static final String SERVICE = "message-service";

  private final RestClient http;
  private final ServiceTokens tokens;
  private final Timer answered;
  private final Timer unanswered;

  FactsClient(
      RestClient.Builder builder,
      FactsProperties properties,
      NodeDirectory directory,
      ServiceTokens tokens,
      MeterRegistry meters) {
    this.http =
        NodeRequests.client(
            builder,
            directory.nodes(properties.url()),
            properties.connectTimeout(),
            properties.readTimeout());
    this.tokens = tokens;
    this.answered = NotificationMeter.FACTS.timer(meters, "answered");
    this.unanswered = NotificationMeter.FACTS.timer(meters, "unanswered");
  }

  /** Message-service does not answer now. */
  public static final class AwayException extends Exception {

    private static final long serialVersionUID = 1L;

    AwayException(Throwable cause) {
      super(cause);
    }
  }

  /** Message-service answers that it can not answer this, and will not be able to. */
  public static final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /**
   * @return what is known; may lack what was asked for
   */
  public Facts ask(List<Question> questions) throws AwayException, RefusedException {
    Facts facts = new Facts();
    for (List<Question> some : requests(questions)) {
      Answer answer = post(some);
      facts.add(answer.messages(), answer.badges());
    }
    return facts;
  }

  /** In as few requests as they fit in. */
  static List<List<Question>> requests(List<Question> questions) {
    List<List<Question>> requests = new ArrayList<>();
    int left = 0;
    for (Question question : questions) {
      List<UserId> users = question.userIds();
      int from = 0;
      while (from < users.size()) {
        if (left == 0) {
          requests.add(new ArrayList<>());
          left = MAX_PAIRS;
        }
        int to = Math.min(users.size(), from + left);
        requests
            .getLast()
            .add(new Question(question.conversationId(), question.seq(), users.subList(from, to)));
        left -= to - from;
        from = to;
      }
    }
    return requests;
  }

  private Answer post(List<Question> questions) throws AwayException, RefusedException {
    Timer.Sample sample = Timer.start();
    Timer timer = unanswered;
    try {
      Answer answer =
          http.post()
              .uri("/internal/notifications/facts")
              .contentType(MediaType.APPLICATION_JSON)
              .header(HttpHeaders.AUTHORIZATION, tokens.bearer(SERVICE))
              .body(Map.of("questions", questions))
              .retrieve()
              .body(Answer.class);
      if (answer == null) {
        throw new AwayException(new RestClientException("an empty answer"));
      }
      timer = answered;
      return answer;
    } catch (RestClientResponseException e) {
      if (isRefusal(e.getStatusCode())) {
        throw new RefusedException("message-service answers " + e.getStatusCode());
      }
      throw new AwayException(e);
    } catch (RestClientException e) {
      throw new AwayException(e);
    } finally {
      sample.stop(timer);
    }
  }

  /** 401, 403: a secret is set wrong somewhere; 404: a node of an earlier build. Both will end. */
  private static boolean isRefusal(HttpStatusCode status) {
    return status.value() == 400 || status.value() == 413 || status.value() == 422;
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Answer(List<Message> messages, Map<UserId, Integer> badges) {

    Answer {
      messages = List.copyOf(messages);
      badges = Map.copyOf(badges);
    }
  }
}
