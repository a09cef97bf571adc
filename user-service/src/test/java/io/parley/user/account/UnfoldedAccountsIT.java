package io.parley.user.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Rows of before, and of nodes of an earlier release beside this one. */
class UnfoldedAccountsIT extends UserServiceIT {

  @Test
  void rowsOfBeforeShouldBeFoldedByThemselves() {
    String name = freshName();
    insert(name, name.toUpperCase(Locale.ROOT) + "@B\u00fccher.example");

    awaitFolded(name);
    assertThat(column("email_key", name)).isEqualTo(name + "@xn--bcher-kva.example");
    assertThat(column("username_skeleton", name)).isNotNull();
    assertThat(column("array_to_string(words, ' ')", name)).contains("strasser").contains(name);
    assertThat(register("Ann", name + "@xn--bcher-kva.example").problem())
        .isEqualTo("409 email-taken");
  }

  @Test
  void twinsOfBeforeShouldStayTwoAccounts() {
    String first = freshName();
    String second = freshName();
    insert(first, first + "@b\u00fccher.example");
    awaitFolded(first);
    insert(second, first + "@xn--bcher-kva.example");

    awaitFolded(second);

    assertThat(column("email_key", first)).isEqualTo(first + "@xn--bcher-kva.example");
    assertThat(column("coalesce(email_key, 'none')", second)).isEqualTo("none");
  }

  @Test
  void changesByANodeOfBeforeShouldBeFoldedAgain() {
    SignedIn ann = register();
    database
        .sql(
            "UPDATE accounts SET email = ?, display_name = 'Beno\u00eet', display_name_folded = 'x'"
                + " WHERE username = ?")
        .params("new" + email(ann), ann.username())
        .update();

    awaitFolded(ann.username());
    assertThat(column("email_key", ann.username())).isEqualTo("new" + email(ann));
    assertThat(column("array_to_string(words, ' ')", ann.username())).contains("benoit");
    assertThat(register("Other", email(ann)).status()).isEqualTo(201);
  }

  private Api.Answer register(String displayName, String email) {
    return api()
        .post(
            "/api/v1/auth/register",
            Map.of(
                "username",
                freshName(),
                "email",
                email,
                "password",
                PASSWORD,
                "displayName",
                displayName));
  }

  /** As a node of before does it. */
  private void insert(String username, String email) {
    database
        .sql(
            """
            INSERT INTO accounts (id, username, email, display_name, display_name_folded, created_at)
            VALUES (?, ?, ?, 'Stra\u00dfer', 'stra\u00dfer', now())
            """)
        .params(UUID.randomUUID(), username, email)
        .update();
  }

  private void awaitFolded(String username) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> column("folded::text", username).equals("true"));
  }

  private String column(String expression, String username) {
    return database
        .sql("SELECT " + expression + " FROM accounts WHERE username = ?")
        .param(username)
        .query(String.class)
        .single();
  }
}
