package io.parley.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.openapi.OpenApiRules;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import io.swagger.v3.parser.OpenAPIV3Parser;
import org.junit.jupiter.api.Test;

/** The description of the API, as anybody may get it. */
class OpenApiIT extends UserServiceIT {

  @Test
  void theDocumentShouldBeValidAndComplete() {
    Api.Answer answer = api().get("/openapi.json");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(new OpenAPIV3Parser().readContents(answer.text()).getMessages()).isEmpty();
    assertThat(OpenApiRules.faults(answer.json())).isEmpty();
    assertThat(answer.json().at("/paths/~1api~1v1~1auth~1login/post/security")).isEmpty();
    assertThat(answer.at("/paths/~1api~1v1~1users~1me/get/x-scopes/0")).isEqualTo("account:read");
  }
}
