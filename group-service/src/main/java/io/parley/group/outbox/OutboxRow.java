package io.parley.group.outbox;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/**
 * An event on its way. The id is PostgreSQL's, drawn one by one: numbers that Hibernate takes in
 * blocks would put the events of two instances out of order.
 */
@Entity
@Table(name = "outbox")
class OutboxRow {

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private Long id;

  private UUID groupId;
  private long version;

  @Column(columnDefinition = "text")
  private String payload;

  private Instant createdAt;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected OutboxRow() {}

  /**
   * @param payload JSON
   */
  @SuppressWarnings("NullAway.Init") // PostgreSQL makes the id.
  OutboxRow(UUID groupId, long version, String payload, Instant createdAt) {
    this.groupId = groupId;
    this.version = version;
    this.payload = payload;
    this.createdAt = createdAt;
  }

  Long id() {
    return id;
  }

  UUID groupId() {
    return groupId;
  }

  long version() {
    return version;
  }

  String payload() {
    return payload;
  }

  Instant createdAt() {
    return createdAt;
  }
}
