package io.parley.user.account;

import io.parley.common.ids.UserId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.text.Normalizer;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.UuidGenerator;

/** Somebody who can log in. */
@Entity
@Table(name = "accounts")
@DynamicUpdate
public class Account {

  @Id
  @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
  private UUID id;

  private String username;
  private String email;
  private String displayName;
  private String displayNameFolded;
  private String passwordHash;
  private Instant createdAt;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected Account() {}

  @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
  Account(
      String username, String email, String displayName, String passwordHash, Instant createdAt) {
    this.username = username.toLowerCase(Locale.ROOT);
    this.email = email;
    this.displayName = displayName;
    this.displayNameFolded = folded(displayName);
    this.passwordHash = passwordHash;
    this.createdAt = createdAt;
  }

  public UserId id() {
    return new UserId(id);
  }

  /** Lower case. */
  public String username() {
    return username;
  }

  /** As it was typed; compared in lower case. */
  String email() {
    return email;
  }

  String displayName() {
    return displayName;
  }

  String passwordHash() {
    return passwordHash;
  }

  Instant createdAt() {
    return createdAt;
  }

  void rename(String newDisplayName) {
    this.displayName = newDisplayName;
    this.displayNameFolded = folded(newDisplayName);
  }

  /** The form in which names are compared: compatibility characters and case do not count. */
  static String folded(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
  }
}
