package io.parley.group.requests;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.parley.common.ids.UserId;
import io.parley.group.roster.GroupId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;

/** Somebody who wants to be let in. Who is let in has none any more. */
@Entity
@Table(name = "join_requests")
class JoinRequest {

  /** Where it stands. */
  enum Status {
    @JsonProperty("pending")
    PENDING,
    @JsonProperty("declined")
    DECLINED
  }

  @Id
  @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
  private UUID id;

  private UUID groupId;
  private UUID userId;
  private String text;

  @Enumerated(EnumType.STRING)
  private Status status;

  private Instant createdAt;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected JoinRequest() {}

  @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
  JoinRequest(GroupId group, UserId user, String text, Instant createdAt) {
    this.groupId = group.value();
    this.userId = user.value();
    this.text = text;
    this.status = Status.PENDING;
    this.createdAt = createdAt;
  }

  UUID id() {
    return id;
  }

  GroupId group() {
    return new GroupId(groupId);
  }

  UserId user() {
    return new UserId(userId);
  }

  String text() {
    return text;
  }

  Status status() {
    return status;
  }

  Instant createdAt() {
    return createdAt;
  }

  void askAgain(String newText, Instant at) {
    text = newText;
    createdAt = at;
    status = Status.PENDING;
  }

  void decline() {
    status = Status.DECLINED;
  }
}
