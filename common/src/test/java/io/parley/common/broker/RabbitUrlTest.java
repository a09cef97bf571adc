package io.parley.common.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RabbitUrlTest {

  @Test
  void partsShouldBeDecoded() {
    RabbitUrl url = new RabbitUrl("amqp://us%40er:p%3Ass+word@rabbit:1234/%2F");

    assertThat(url.getUsername()).isEqualTo("us@er");
    assertThat(url.getPassword()).isEqualTo("p:ss+word");
    assertThat(url.getVirtualHost()).isEqualTo("/");
    assertThat(url.getFirstAddress().host()).isEqualTo("rabbit");
    assertThat(url.getFirstAddress().port()).isEqualTo(1234);
  }

  @Test
  void absentPartsShouldHaveRabbitMqsDefaults() {
    RabbitUrl url = new RabbitUrl("amqp://rabbit");

    assertThat(url.getUsername()).isEqualTo("guest");
    assertThat(url.getVirtualHost()).isEqualTo("/");
    assertThat(url.getFirstAddress().port()).isEqualTo(5672);
  }

  @Test
  void nodesOfAClusterShouldAllBeKnown() {
    RabbitUrl url = new RabbitUrl("amqp://u:p@one:1/chat, amqp://u:p@two:2/chat");

    assertThat(url.getVirtualHost()).isEqualTo("chat");
    assertThat(url.getAddresses()).hasSize(2);
  }
}
