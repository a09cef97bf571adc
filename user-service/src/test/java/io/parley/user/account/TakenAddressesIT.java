package io.parley.user.account;

import static io.parley.user.testing.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Nobody finds out who has an account by asking for an address, and nobody keeps one by it. */
class TakenAddressesIT extends UserServiceIT {

  private static final String REGISTER = "/api/v1/auth/register";
  private static final String LOGIN = "/api/v1/auth/login";
  private static final String RESEND = "/api/v1/auth/email/resend";
  private static final String VERIFY = "/api/v1/auth/email/verify";
  private static final String ME = "/api/v1/users/me";

  @Test
  void registeringShouldLookTheSameWhetherOrNotTheAddressIsTaken() {
    SignedIn ann = registerVerified();
    String taken = email(ann).toUpperCase(Locale.ROOT);
    String free = "free" + email(ann);

    Api.Answer one = registerWith(taken);
    Api.Answer other = registerWith(free);

    assertThat(one.status()).isEqualTo(201);
    assertThat(other.status()).isEqualTo(201);
    assertThat(names(one.json())).isEqualTo(names(other.json()));
    assertThat(one.at("/scope")).isEqualTo(other.at("/scope"));
    assertThat(one.at("/user/email")).isEqualToIgnoringCase(taken);
    assertThat(names(one.json().get("user"))).isEqualTo(names(other.json().get("user")));
    for (String address : List.of(taken, free)) {
      assertThat(
              api()
                  .post(LOGIN, Map.of("login", address, "password", "staple the giraffe 7"))
                  .problem())
          .isEqualTo("401 bad-credentials");
    }
    for (SignedIn user : List.of(signedIn(one), signedIn(other))) {
      assertThat(as(user).get(ME).json().at("/emailVerified").asBoolean()).isFalse();
      assertThat(as(user).post(ME + "/totp", Map.of("password", OTHERS)).problem())
          .isEqualTo("403 email-unverified");
      assertThat(as(user).post(RESEND, "").status()).isEqualTo(202);
      assertThat(api().post(LOGIN, Map.of("login", user.username(), "password", OTHERS)).status())
          .isEqualTo(200);
    }
  }

  @Test
  void theOwnerShouldBeToldAndKeepTheAddress() {
    SignedIn ann = registerVerified();

    signedIn(registerWith(email(ann)));

    assertThat(mails.await(email(ann), "address-asked-for").values())
        .containsEntry("link", "http://127.0.0.1:18080/account")
        .containsKeys("when", "address");
    assertThat(mails.count(email(ann), "verify-email")).isZero();
    assertThat(as(ann).get(ME).at("/email")).isEqualTo(email(ann));
    assertThat(api().post(LOGIN, Map.of("login", email(ann), "password", PASSWORD)).at("/user/id"))
        .isEqualTo(ann.id());
  }

  @Test
  void askingForATakenAddressShouldLookLikeAskingForAnother() {
    SignedIn ann = registerVerified();
    SignedIn ben = registerVerified();

    Api.Answer answer =
        as(ben).put(ME + "/email", Map.of("email", email(ann), "password", PASSWORD));

    assertThat(answer.status()).isEqualTo(202);
    assertThat(as(ben).post(RESEND, "").status()).isEqualTo(202);
    mails.await(email(ann), "address-asked-for");
    mails.await(email(ann), "address-asked-for");
    assertThat(mails.count(email(ann), "verify-email")).isZero();
    mails.await(email(ben), "email-change-requested");
  }

  @Test
  void whoReadsTheMailShouldGetTheAddressFromWhoOnlyRegisteredWithIt() {
    String wanted = freshName() + "@example.org";
    SignedIn squatter = signedIn(registerWith(wanted));
    String squatters = mails.awaitToken(wanted, "verify-email");
    SignedIn owner = signedIn(registerWith(wanted));
    String owners = mails.awaitToken(wanted, "verify-email");

    assertThat(verify(owners).status()).isEqualTo(204);

    assertThat(as(owner).get(ME).json().at("/emailVerified").asBoolean()).isTrue();
    assertThat(as(squatter).get(ME).json().at("/emailVerified").asBoolean()).isFalse();
    assertThat(as(squatter).get(ME).at("/email")).isEqualTo(wanted);
    assertThat(verify(squatters).problem()).isEqualTo("409 email-taken");
    assertThat(api().post(LOGIN, Map.of("login", wanted, "password", OTHERS)).at("/user/id"))
        .isEqualTo(owner.id());
  }

  @Test
  void manyShouldRegisterWithOneAddressAtOnceAndOneHaveIt() throws Exception {
    String wanted = freshName() + "@example.org";

    List<Api.Answer> answers = atOnce(6, i -> registerWith(wanted));

    assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(201));
    assertThat(
            database
                .sql("SELECT count(*) FROM accounts WHERE email = ?")
                .param(wanted)
                .query(Integer.class)
                .single())
        .isEqualTo(1);
  }

  private static final String OTHERS = "fern window orchard nine";

  private Api.Answer registerWith(String email) {
    Map<String, Object> command = new HashMap<>(registration(freshName()));
    command.put("email", email);
    command.put("password", OTHERS);
    return api().post(REGISTER, command);
  }

  private Api.Answer verify(String token) {
    return api().post(VERIFY, Map.of("token", token));
  }

  private static Set<String> names(JsonNode object) {
    return new HashSet<>(object.propertyNames());
  }
}
