package io.parley.user.account;

import io.parley.common.access.SystemRole;
import io.parley.common.ids.UserId;
import io.parley.user.address.Address;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.UuidGenerator;
import org.jspecify.annotations.Nullable;

/** Somebody: a person, who can log in, or a bot. */
@Entity
@Table(name = "accounts")
@DynamicUpdate
public class Account {

  @Id
  @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
  private UUID id;

  private String username;
  private @Nullable String email;
  private String displayName;
  private String displayNameFolded;
  private @Nullable String emailKey;
  private @Nullable String usernameSkeleton;
  private String @Nullable [] words;
  private boolean folded;
  private Instant createdAt;
  private @Nullable String bio;
  private @Nullable String locale;
  private @Nullable String timeZone;
  private @Nullable String avatar;

  @Enumerated(EnumType.STRING)
  private AccountKind kind;

  private @Nullable UUID ownerId;

  @Enumerated(EnumType.STRING)
  private SystemRole role;

  private @Nullable Instant emailVerifiedAt;
  private @Nullable Instant emailUnreachableAt;
  private boolean locked;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected Account() {}

  @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
  private Account(String username, String displayName, AccountKind kind, Instant createdAt) {
    this.username = username;
    this.usernameSkeleton = Keys.skeleton(username);
    this.folded = true;
    this.kind = kind;
    this.role = SystemRole.USER;
    this.createdAt = createdAt;
    rename(displayName);
  }

  static Account ofUser(String username, String email, String displayName, Instant createdAt) {
    Account account = new Account(username, displayName, AccountKind.USER, createdAt);
    account.address(email);
    return account;
  }

  static Account ofBot(UserId owner, String username, String displayName, Instant createdAt) {
    Account account = new Account(username, displayName, AccountKind.BOT, createdAt);
    account.ownerId = owner.value();
    return account;
  }

  public UserId id() {
    return new UserId(id);
  }

  /** As {@link Username} maps it. */
  public String username() {
    return username;
  }

  /** Compared by its key. Null for bots. */
  public @Nullable String email() {
    return email;
  }

  /** Whether somebody has shown to read mail at the address. */
  public boolean isEmailVerified() {
    return emailVerifiedAt != null;
  }

  /** When the address was verified last; null when it never was. */
  public @Nullable Instant emailVerifiedAt() {
    return emailVerifiedAt;
  }

  /** Since when mails to the address come back; null while they do not. */
  public @Nullable Instant emailUnreachableAt() {
    return emailUnreachableAt;
  }

  public boolean isEmailReachable() {
    return emailUnreachableAt == null;
  }

  /** Whether anything may be mailed to the address but what proves that it is the owner's. */
  public boolean mayBeMailed() {
    return email != null && isEmailVerified() && isEmailReachable();
  }

  public String displayName() {
    return displayName;
  }

  public Instant createdAt() {
    return createdAt;
  }

  public AccountKind kind() {
    return kind;
  }

  /** Null for people. */
  public @Nullable UserId owner() {
    return ownerId == null ? null : new UserId(ownerId);
  }

  public SystemRole role() {
    return role;
  }

  /** A locked account is let in nowhere. */
  public boolean isLocked() {
    return locked;
  }

  void confirmEmail(String address, Instant at) {
    address(address);
    this.emailVerifiedAt = at;
    this.emailUnreachableAt = null;
  }

  void call(String newUsername) {
    this.username = newUsername;
    this.usernameSkeleton = Keys.skeleton(newUsername);
    this.words = Keys.words(newUsername, displayName);
  }

  private void address(String address) {
    this.email = address;
    this.emailKey = Address.key(address);
  }

  void unreachable(Instant at) {
    this.emailUnreachableAt = at;
  }

  void become(SystemRole newRole) {
    this.role = newRole;
  }

  void lock(boolean whether) {
    this.locked = whether;
  }

  @Nullable String bio() {
    return bio;
  }

  /** BCP 47, canonical. */
  public @Nullable String locale() {
    return locale;
  }

  /** IANA. */
  public @Nullable String timeZone() {
    return timeZone;
  }

  /** The tag of the picture. */
  @Nullable String avatar() {
    return avatar;
  }

  void describe(@Nullable String newBio) {
    this.bio = newBio;
  }

  void speak(@Nullable String newLocale) {
    this.locale = newLocale;
  }

  void live(@Nullable String newTimeZone) {
    this.timeZone = newTimeZone;
  }

  void picture(@Nullable String newAvatar) {
    this.avatar = newAvatar;
  }

  void rename(String newDisplayName) {
    this.displayName = newDisplayName;
    this.displayNameFolded = Keys.prefix(newDisplayName);
    this.words = Keys.words(username, newDisplayName);
  }
}
