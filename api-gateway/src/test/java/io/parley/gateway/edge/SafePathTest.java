package io.parley.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafePathTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/ws",
        "/api/v1/users/",
        "/api/v1/users/me",
        "/.well-known/jwks.json",
        "/webjars/swagger-ui/5.34.1/swagger-ui-bundle.js",
        "/a/...",
        "/a/..b/b..",
        "/api/v1/users/caf%C3%A9",
        "/api/v1/x%3Ay%40z%7E",
        "/api/v1/x/reactions/%F0%9F%91%8D",
        "/api/v1/x/reactions/%23%EF%B8%8F%E2%83%A3"
      })
  void plainPathsShouldPass(String path) {
    assertThat(SafePath.isSafe(path)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "//",
        "//internal",
        "/api//x",
        "/api/x//",
        "/.",
        "/..",
        "/./x",
        "/../x",
        "/a/../x",
        "/a/..",
        "/a/.",
        "/a;b=c",
        "/a\\b",
        "/a/%2e%2e/x",
        "/a/%2E",
        "/a%2fb",
        "/a%2Fb",
        "/a%5cb",
        "/a%3bb",
        "/a%252fb",
        "/a%00",
        "/a%0d%0ab",
        "/a%7f",
        "/a%20b",
        "/a%",
        "/a%2",
        "/a%zz",
        "/a%-1",
        "/a b",
        "/%61pi/v1/users/me",
        "/%41",
        "/a%7a",
        "/a%30",
        "/a%2d",
        "/a%5F",
        "/caf\u00e9"
      })
  void pathsThatReadDifferentlyElsewhereShouldNotPass(String path) {
    assertThat(SafePath.isSafe(path)).isFalse();
  }
}
