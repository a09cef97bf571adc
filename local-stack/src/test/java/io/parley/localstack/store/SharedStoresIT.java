package io.parley.localstack.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SharedStoresIT {
  private static StoreSpace space;

  @BeforeAll
  static void start() {
    space = Stores.shared().newSpace("stack");
  }

  @Test
  void postgresShouldBeVersion18AndSortTheSameEverywhere() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                space.jdbcUrl(space.userDatabase()),
                space.addresses().postgresUser(),
                space.addresses().postgresPassword());
        Statement statement = connection.createStatement()) {
      assertThat(connection.getMetaData().getDatabaseMajorVersion()).isEqualTo(18);
      try (ResultSet row = statement.executeQuery("SELECT upper('é'), 'a' > 'B'")) {
        row.next();
        assertThat(row.getString(1)).isEqualTo("É");
        assertThat(row.getBoolean(2)).isTrue();
      }
    }
  }

  @Test
  void redisShouldAnswer() throws IOException {
    URI redis = URI.create(space.addresses().redisUrl());
    assertThat(redis.getPath()).matches("/\\d+");
    Requests.ping(redis.getHost(), redis.getPort());
  }

  @Test
  void rabbitmqShouldAnswerAndHaveTheVirtualHost() throws IOException {
    URI rabbitmq = URI.create(space.addresses().rabbitmqUrl());
    Requests.amqpHandshake(rabbitmq.getHost(), rabbitmq.getPort());
    Requests.httpGet(
        space.addresses().rabbitmqManagementUrl() + "/api/vhosts/" + space.name(),
        rabbitmq.getUserInfo());
  }

  @Test
  void cassandraShouldAnswer() throws IOException {
    String[] contactPoint = space.addresses().cassandraContactPoints().split(":", 2);
    Requests.cqlQuery(contactPoint[0], Integer.parseInt(contactPoint[1]));
  }

  @Test
  void spacesShouldNotMeet() {
    StoreSpace other = Stores.shared().newSpace("stack");
    assertThat(other.environment().get(StoreSpace.USER_DATABASE))
        .isNotEqualTo(space.userDatabase());
    assertThat(other.addresses().redisUrl()).isNotEqualTo(space.addresses().redisUrl());
    assertThat(other.addresses().rabbitmqUrl()).isNotEqualTo(space.addresses().rabbitmqUrl());
    assertThat(other.keyspace()).isNotEqualTo(space.keyspace());
  }
}
