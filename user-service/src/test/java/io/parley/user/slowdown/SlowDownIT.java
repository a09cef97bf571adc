package io.parley.user.slowdown;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Guessing is slow, and nobody is locked out by a stranger's guesses. */
class SlowDownIT extends UserServiceIT {

  private static final String LOGIN = "/api/v1/auth/login";
  private static final int ATTACKERS = 30;

  @Autowired private MeterRegistry meters;

  @AfterEach
  void bringRedisBack() {
    redis().restore();
  }

  @Test
  void guessesShouldBeRefusedForALongerAndLongerTime() {
    whileTriesAreCounted(
        () -> {
          SignedIn ann = register();
          for (int i = 0; i < 5; i++) {
            assertThat(guess(ann.username(), "198.51.100.1").problem())
                .isEqualTo("401 bad-credentials");
          }

          Api.Answer refused = guess(ann.username(), "198.51.100.1");

          assertThat(refused.problem()).isEqualTo("429 rate-limited");
          assertThat(refused.at("/limiter")).isEqualTo("login-account");
          long first = Long.parseLong(String.valueOf(refused.header("retry-after")));
          assertThat(first).isBetween(1L, 60L);
          assertThat(refused.json().at("/retryAfter").asLong()).isEqualTo(first);
          // The right password is refused as well: else an answer would tell which one it is.
          assertThat(logIn(ann.username(), "198.51.100.1", null).problem())
              .isEqualTo("429 rate-limited");
          // From another address it is not.
          assertThat(logIn(ann.username(), "198.51.100.2", null).status()).isEqualTo(200);
        });
  }

  @Test
  void guessesShouldBeCountedTheSameForUnknownNames() {
    whileTriesAreCounted(
        () -> {
          String nobody = freshName();
          List<String> problems = new ArrayList<>();
          for (int i = 0; i < 6; i++) {
            problems.add(guess(nobody, "198.51.100.1").problem());
          }

          assertThat(problems.subList(0, 5)).containsOnly("401 bad-credentials");
          assertThat(problems.get(5)).isEqualTo("429 rate-limited");
        });
  }

  @Test
  void guessesShouldBeCountedTogetherHoweverTheNameIsTyped() {
    whileTriesAreCounted(
        () -> {
          SignedIn ann = register();
          String name = ann.username();
          List<String> problems = new ArrayList<>();
          for (String login :
              List.of(name, name.toUpperCase(Locale.ROOT), "@" + name, name + " ", email(ann))) {
            problems.add(guess(login, "198.51.100.1").problem());
          }
          assertThat(problems).containsOnly("401 bad-credentials");

          assertThat(guess(name, "198.51.100.1").problem()).isEqualTo("429 rate-limited");
          assertThat(guess(email(ann), "198.51.100.1").problem()).isEqualTo("429 rate-limited");
        });
  }

  @Test
  void guessesShouldBeCountedTogetherWhereCapitalsFoldInTwoWays() {
    whileTriesAreCounted(
        () -> {
          String nobody = freshName();
          List<String> problems = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            problems.add(guess("\u0130" + nobody, "198.51.100.1").problem());
            problems.add(guess("i\u0307" + nobody, "198.51.100.1").problem());
          }

          assertThat(problems.subList(0, 5)).containsOnly("401 bad-credentials");
          assertThat(problems.get(5)).isEqualTo("429 rate-limited");
        });
  }

  @Test
  void strangersShouldNotKeepOutADeviceThatHasLoggedInBefore() {
    whileTriesAreCounted(
        () -> {
          SignedIn ann = register();
          String device = logIn(ann.username(), "192.0.2.1", null).at("/deviceToken");
          attack(ann.username());

          assertThat(logIn(ann.username(), "192.0.2.9", null).problem())
              .isEqualTo("429 rate-limited");
          Api.Answer owner = logIn(ann.username(), "192.0.2.1", device);
          assertThat(owner.status()).isEqualTo(200);
          assertThat(owner.at("/deviceToken")).isEqualTo(device);
        });
  }

  @Test
  void strangersShouldNotKeepOutAnOwnerWhoReadsMail() {
    SignedIn ann = registerVerified();
    attack(ann.username());
    attack(email(ann));
    String better = "staple the blue giraffe 7";

    api().post("/api/v1/auth/password/forgot", Map.of("email", email(ann)));
    String token = mails.awaitToken(email(ann), "reset-password");
    String device =
        api()
            .post("/api/v1/auth/password/reset", Map.of("token", token, "newPassword", better))
            .at("/deviceToken");

    assertThat(
            api()
                .post(
                    LOGIN,
                    Map.of("login", ann.username(), "password", better, "deviceToken", device))
                .status())
        .isEqualTo(200);
  }

  @Test
  void deviceTokensShouldBeGoodForTheirAccountAndSlowedDownToo() {
    whileTriesAreCounted(
        () -> {
          SignedIn ann = register();
          SignedIn bob = register();
          String bobs = logIn(bob.username(), "192.0.2.1", null).at("/deviceToken");
          String anns = logIn(ann.username(), "192.0.2.1", null).at("/deviceToken");
          attack(ann.username());

          for (String token : List.of(bobs, "nonsense", "' OR 1=1 --", "\u0000")) {
            assertThat(logIn(ann.username(), "192.0.2.77", token).problem())
                .isEqualTo("429 rate-limited");
          }
          Map<String, String> wrong =
              Map.of("login", ann.username(), "password", "wrong one", "deviceToken", anns);
          List<String> problems = new ArrayList<>();
          for (int i = 0; i < 11; i++) {
            problems.add(api().post(LOGIN, wrong).problem());
          }
          assertThat(problems.subList(0, 10)).containsOnly("401 bad-credentials");
          assertThat(problems.get(10)).isEqualTo("429 rate-limited");
          assertThat(
                  database
                      .sql("SELECT count(*) FROM known_devices WHERE hash = ?")
                      .param(anns)
                      .query(Integer.class)
                      .single())
              .isZero();
        });
  }

  @Test
  void successShouldGiveTheTriesBack() {
    SignedIn ann = register();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 3; i++) {
        guess(ann.username(), "198.51.100.3");
      }
      assertThat(logIn(ann.username(), "198.51.100.3", null).status()).isEqualTo(200);
      // The counters are given back after the answer.
      await().pollDelay(Duration.ofMillis(300)).until(() -> true);
    }
  }

  @Test
  void loginShouldGoOnUncountedWhileRedisIsAway() {
    SignedIn ann = register();
    redis().cut();

    for (int i = 0; i < 8; i++) {
      assertThat(guess(ann.username(), "198.51.100.4").problem()).isEqualTo("401 bad-credentials");
    }
    assertThat(logIn(ann.username(), "198.51.100.4", null).status()).isEqualTo(200);
    assertThat(
            meters
                .get("parley.limits")
                .tag("limiter", "login-account")
                .tag("outcome", "unavailable")
                .counter()
                .count())
        .isPositive();

    redis().restore();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> guess(ann.username(), "198.51.100.5").problem().equals("429 rate-limited"));
  }

  /** With margins that stand any machine; that one hash is made in both cases is tested apart. */
  @Test
  void refusalsShouldTakeAsLongForUnknownNames() {
    SignedIn ann = register();
    for (int i = 0; i < 15; i++) { // until compiled
      nanos(() -> guess(freshName(), "198.51.100.6"));
    }

    List<Long> known = new ArrayList<>();
    List<Long> unknown = new ArrayList<>();
    // In turn: what slows the machine down slows both down.
    for (int i = 0; i < 15; i++) {
      String address = "203.0.113." + i;
      known.add(nanos(() -> guess(ann.username(), address)));
      unknown.add(nanos(() -> guess(freshName(), address)));
    }

    assertThat(median(known) / median(unknown)).isBetween(0.2, 5.0);
  }

  private static long nanos(Supplier<Api.Answer> call) {
    long start = System.nanoTime();
    assertThat(call.get().status()).isIn(401, 429);
    return System.nanoTime() - start;
  }

  private static double median(List<Long> nanos) {
    Collections.sort(nanos);
    return nanos.get(nanos.size() / 2);
  }

  /** From many addresses, until nobody new is let through. */
  private void attack(String login) {
    for (int i = 0; i < ATTACKERS; i++) {
      if (guess(login, "198.51.100." + (100 + i)).status() == 429) {
        return;
      }
    }
    throw new AssertionError("never refused");
  }

  private Api.Answer guess(String login, String address) {
    return api().from(address).post(LOGIN, Map.of("login", login, "password", "wrong one"));
  }

  private Api.Answer logIn(String login, String address, @Nullable String deviceToken) {
    return api()
        .from(address)
        .post(
            LOGIN,
            deviceToken == null
                ? Map.of("login", login, "password", PASSWORD)
                : Map.of("login", login, "password", PASSWORD, "deviceToken", deviceToken));
  }
}
