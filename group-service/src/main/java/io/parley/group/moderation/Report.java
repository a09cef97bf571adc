package io.parley.group.moderation;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.RowId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;
import org.jspecify.annotations.Nullable;

/** What somebody found wrong, with a group, a user or a message. */
@Entity
@Table(name = "reports")
class Report {

  /** What is wrong. */
  enum Reason {
    @JsonProperty("spam")
    SPAM,
    @JsonProperty("harassment")
    HARASSMENT,
    @JsonProperty("violence")
    VIOLENCE,
    @JsonProperty("illegal")
    ILLEGAL,
    @JsonProperty("other")
    OTHER
  }

  /** Where it stands. */
  enum Status {
    @JsonProperty("open")
    OPEN,
    /** Something was done about it. */
    @JsonProperty("resolved")
    RESOLVED,
    @JsonProperty("dismissed")
    DISMISSED
  }

  @Id
  @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
  private UUID id;

  private @Nullable UUID reporter;
  private @Nullable UUID groupId;
  private @Nullable UUID userId;
  private @Nullable UUID conversationId;
  private @Nullable Long seq;

  @Enumerated(EnumType.STRING)
  private Reason reason;

  private String text;

  @Enumerated(EnumType.STRING)
  private Status status;

  private Instant createdAt;
  private @Nullable UUID resolvedBy;
  private @Nullable Instant resolvedAt;
  private @Nullable String note;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected Report() {}

  @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
  Report(UserId reporter, @Nullable GroupId group, MakeReport command, Instant createdAt) {
    this.reporter = reporter.value();
    this.groupId = group == null ? null : group.value();
    this.userId = command.userId() == null ? null : command.userId().value();
    this.conversationId =
        command.conversationId() == null ? null : command.conversationId().value();
    this.seq = command.seq();
    this.reason = command.reason();
    this.text = command.text() == null ? "" : command.text();
    this.status = Status.OPEN;
    this.createdAt = createdAt;
  }

  RowId id() {
    return new RowId(id);
  }

  /** Null when the account was erased. */
  @Nullable UserId reporter() {
    return reporter == null ? null : new UserId(reporter);
  }

  @Nullable GroupId group() {
    return groupId == null ? null : new GroupId(groupId);
  }

  @Nullable UserId user() {
    return userId == null ? null : new UserId(userId);
  }

  @Nullable ConversationId conversation() {
    return conversationId == null ? null : new ConversationId(conversationId);
  }

  @Nullable Long seq() {
    return seq;
  }

  Reason reason() {
    return reason;
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

  @Nullable UserId resolvedBy() {
    return resolvedBy == null ? null : new UserId(resolvedBy);
  }

  @Nullable Instant resolvedAt() {
    return resolvedAt;
  }

  @Nullable String note() {
    return note;
  }

  void resolve(Status outcome, String newNote, UserId by, Instant at) {
    status = outcome;
    note = newNote;
    resolvedBy = by.value();
    resolvedAt = at;
  }
}
