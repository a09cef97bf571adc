package io.parley.user.testing;

import io.parley.common.events.MailRequested;
import io.parley.common.secrets.Seal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Stands where notification-service would: takes the mails that are asked for, and opens them. */
public final class Mailbox {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RabbitTemplate rabbit;
  private final JsonMapper json = JsonMapper.builder().build();
  private final Seal seal = new Seal(UserServiceIT.SECRET, MailRequested.PURPOSE);
  private final Map<String, List<MailRequested.Mail>> byReceiver = new ConcurrentHashMap<>();
  private final List<String> raw = new ArrayList<>();

  private Mailbox(RabbitTemplate rabbit) {
    this.rabbit = rabbit;
  }

  /** The next mail of this kind to this address. */
  public MailRequested.Mail await(String to, String template) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      MailRequested.Mail mail = take(to, template);
      if (mail != null) {
        return mail;
      }
      // Those of other tests that wait before it may be many.
      if (!receive(Duration.ofMillis(200)) && System.nanoTime() > deadline) {
        throw new AssertionError(
            "no mail " + template + " to " + to + " but " + byReceiver.get(to));
      }
    }
  }

  /** What is behind the # of the link in the next mail of this kind. */
  public String awaitToken(String to, String template) {
    String link = await(to, template).values().get("link");
    return String.valueOf(link).replaceAll(".*#", "");
  }

  /** How many mails of this kind have come to this address and were not looked at. */
  public long count(String to, String template) {
    while (receive(Duration.ofMillis(100))) {
      // All that is there.
    }
    return byReceiver.getOrDefault(to, List.of()).stream()
        .filter(mail -> mail.template().equals(template))
        .count();
  }

  /** Everything as it was in the queue. */
  public synchronized String raw() {
    return String.join("\n", raw);
  }

  private synchronized MailRequested.@Nullable Mail take(String to, String template) {
    List<MailRequested.Mail> mails = byReceiver.getOrDefault(to, List.of());
    for (MailRequested.Mail mail : mails) {
      if (mail.template().equals(template)) {
        mails.remove(mail);
        return mail;
      }
    }
    return null;
  }

  private synchronized boolean receive(Duration patience) {
    Message message = rabbit.receive(MailRequested.QUEUE, patience.toMillis());
    if (message == null) {
      return false;
    }
    JsonNode request = json.readTree(message.getBody());
    raw.add(request.toString());
    MailRequested.Mail mail =
        json.readValue(
            seal.openText(request.at("/sealed").asString(), request.at("/id").asString()),
            MailRequested.Mail.class);
    byReceiver.computeIfAbsent(mail.to(), to -> new ArrayList<>()).add(mail);
    return true;
  }

  /** The queue that notification-service declares. */
  @TestConfiguration(proxyBeanMethods = false)
  static class Beans {

    @Bean
    Queue mailsQueue() {
      return QueueBuilder.durable(MailRequested.QUEUE).quorum().build();
    }

    @Bean
    Binding mailsBinding(Queue mailsQueue) {
      return BindingBuilder.bind(mailsQueue)
          .to(new DirectExchange(MailRequested.EXCHANGE))
          .with(MailRequested.ROUTING_KEY);
    }

    @Bean
    Mailbox mailbox(RabbitTemplate rabbit) {
      return new Mailbox(rabbit);
    }
  }
}
