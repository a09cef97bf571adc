package io.parley.common.deadletters;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.ObjectProvider;

/**
 * The queues of dead letters that this service declares: {@code <queue>.dead}.
 *
 * <p>Invariant: a message is acknowledged where it was when the broker has confirmed its copy where
 * it is then. A process that dies in between leaves it at both places. Looking at messages moves
 * them to the end of their queue, as copies: giving them back unread would count as deliveries that
 * failed, and a quorum queue drops a message after some of them.
 */
public class DeadLetters {

  private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

  /** Behind the name of the queue that they come from. */
  public static final String SUFFIX = ".dead";

  /** How often the message was tried. */
  public static final String TRIES = "x-parley-tries";

  /** Why it is a dead letter, for the operator. Never the text of the message. */
  public static final String REASON = "x-parley-reason";

  /** On a message that an operator gave back: what was refused for good is to be tried again. */
  public static final String RESENT = "x-parley-resent";

  /** Milliseconds since 1970. */
  private static final String SINCE = "x-parley-dead-since";

  /** Noted by the broker, and not true of a copy. */
  private static final String DEATHS = "x-death";

  /** What is dead names people: long enough for somebody to look at it. */
  private static final Duration LIFE = Duration.ofDays(14);

  private static final int SHOWN_BYTES = 2_000;
  private static final int ID_BYTES = 6;
  private static final long CONFIRM_MILLIS = 5_000;

  private final ConnectionFactory broker;
  private final ObjectProvider<Queue> queues;
  private final ObjectProvider<Declarables> groups;
  private final Clock clock;

  DeadLetters(
      ConnectionFactory broker,
      ObjectProvider<Queue> queues,
      ObjectProvider<Declarables> groups,
      Clock clock) {
    this.broker = broker;
    this.queues = queues;
    this.groups = groups;
    this.clock = clock;
  }

  /** What becomes of a message. */
  private enum Fate {
    STAYS,
    RESENT,
    DROPPED
  }

  private interface Look {
    Fate at(DeadLetter letter);
  }

  /**
   * All of this service's, by name.
   *
   * @throws ProblemException 503 when the broker is away
   */
  List<DeadLetterQueue> queues() {
    List<DeadLetterQueue> all = new ArrayList<>();
    onChannel(
        channel -> {
          for (String queue : names()) {
            all.add(new DeadLetterQueue(queue, (int) channel.messageCount(queue + SUFFIX)));
          }
        });
    return all;
  }

  /**
   * The first of them, which are the last from then on.
   *
   * @throws ProblemException 404 for another queue; 503 when the broker is away
   */
  List<DeadLetter> show(String queue, int limit) {
    List<DeadLetter> shown = new ArrayList<>();
    each(
        queue,
        limit,
        letter -> {
          shown.add(letter);
          return Fate.STAYS;
        });
    return shown;
  }

  /**
   * Gives them back to the queue that they come from, with all tries before them.
   *
   * @param ids null: all
   * @return how many
   * @throws ProblemException as {@link #show}
   */
  int resend(String queue, @Nullable Collection<String> ids) {
    return end(queue, ids, Fate.RESENT);
  }

  /**
   * Removes them for good.
   *
   * @param ids null: all
   * @return how many
   * @throws ProblemException as {@link #show}
   */
  int drop(String queue, @Nullable Collection<String> ids) {
    return end(queue, ids, Fate.DROPPED);
  }

  private int end(String queue, @Nullable Collection<String> ids, Fate fate) {
    Set<String> wanted = ids == null ? Set.of() : Set.copyOf(ids);
    int[] ended = new int[1];
    each(
        queue,
        Integer.MAX_VALUE,
        letter -> {
          if (ids != null && !wanted.contains(letter.id())) {
            return Fate.STAYS;
          }
          ended[0]++;
          return fate;
        });
    return ended[0];
  }

  /** Each message that was there at the beginning, once. */
  private void each(String queue, int limit, Look look) {
    if (!names().contains(queue)) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "This service has no such queue");
    }
    String dead = queue + SUFFIX;
    onChannel(
        channel -> {
          channel.confirmSelect();
          long there = Math.min(limit, channel.messageCount(dead));
          for (long i = 0; i < there; i++) {
            GetResponse message = channel.basicGet(dead, false);
            if (message == null) {
              return;
            }
            Instant since = since(message);
            Fate fate = look.at(letter(message, since));
            if (fate != Fate.DROPPED) {
              boolean again = fate == Fate.RESENT;
              channel.basicPublish(
                  "",
                  again ? queue : dead,
                  again ? asNew(message) : asIs(message, since),
                  message.getBody());
              channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
            }
            channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
          }
        });
  }

  private DeadLetter letter(GetResponse message, Instant since) {
    byte[] body = message.getBody();
    Map<String, Object> headers = headers(message);
    Object reason = headers.get(REASON);
    return new DeadLetter(
        id(body),
        reason == null ? null : reason.toString(),
        headers.get(TRIES) instanceof Number tries ? tries.intValue() : 0,
        since,
        body.length,
        new String(body, 0, Math.min(body.length, SHOWN_BYTES), StandardCharsets.UTF_8));
  }

  private static String id(byte[] body) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> headers(GetResponse message) {
    Map<String, Object> headers = message.getProps().getHeaders();
    return headers == null ? Map.of() : headers;
  }

  private Instant since(GetResponse message) {
    Map<String, Object> headers = headers(message);
    if (headers.get(SINCE) instanceof Number millis) {
      return Instant.ofEpochMilli(millis.longValue());
    }
    if (headers.get(DEATHS) instanceof List<?> deaths
        && !deaths.isEmpty()
        && deaths.getFirst() instanceof Map<?, ?> death
        && death.get("time") instanceof java.util.Date time) {
      return time.toInstant();
    }
    return clock.instant();
  }

  /** A copy lives no longer than what it is a copy of. */
  private BasicProperties asIs(GetResponse message, Instant since) {
    Map<String, Object> headers = new HashMap<>(headers(message));
    headers.remove(DEATHS);
    headers.put(SINCE, since.toEpochMilli());
    long left = Duration.between(clock.instant(), since.plus(LIFE)).toMillis();
    return message
        .getProps()
        .builder()
        .headers(headers)
        .expiration(Long.toString(Math.max(left, 0)))
        .build();
  }

  private static BasicProperties asNew(GetResponse message) {
    Map<String, Object> headers = new HashMap<>(headers(message));
    List.of(DEATHS, SINCE, TRIES, REASON).forEach(headers::remove);
    headers.put(RESENT, true);
    return message.getProps().builder().headers(headers).expiration(null).build();
  }

  private Set<String> names() {
    Set<String> names = new TreeSet<>();
    Stream.concat(
            queues.stream(),
            groups.stream().flatMap(group -> group.getDeclarablesByType(Queue.class).stream()))
        .map(Queue::getName)
        .filter(name -> name.endsWith(SUFFIX))
        .forEach(name -> names.add(name.substring(0, name.length() - SUFFIX.length())));
    return names;
  }

  private interface Work {
    void on(Channel channel) throws IOException, InterruptedException, TimeoutException;
  }

  /** A channel of its own: what is not acknowledged goes back when it closes. */
  private void onChannel(Work work) {
    try {
      Connection connection = broker.createConnection();
      com.rabbitmq.client.Connection plain = connection.getDelegate();
      if (plain == null) {
        throw new IOException("no connection");
      }
      try (Channel channel = plain.createChannel()) {
        work.on(channel);
      }
    } catch (IOException | TimeoutException | AmqpException | ShutdownSignalException e) {
      log.warn("dead letters: {}", e.toString());
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "RabbitMQ does not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }
}
