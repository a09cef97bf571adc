package io.parley.user.avatar;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvatarIT extends UserServiceIT {

  private static final String MINE = "/api/v1/users/me/avatar";

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif"})
  void pictureShouldBeServedToOthersAnew(String format) throws IOException {
    SignedIn ann = registerVerified();
    byte[] upload = image(format, 400, 300);

    Api.Answer set = put(ann, upload, "image/" + format);

    assertThat(set.status()).isEqualTo(200);
    Api.Answer shown = as(register()).get(of(ann));
    assertThat(shown.status()).isEqualTo(200);
    assertThat(shown.header("content-type")).isEqualTo("image/png");
    assertThat(shown.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(shown.header("cache-control")).contains("private").contains("max-age");
    assertThat(shown.header("etag")).isEqualTo("\"" + set.at("/avatar") + "\"");
    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(shown.bytes()));
    assertThat(picture.getWidth()).isEqualTo(256);
    assertThat(picture.getHeight()).isEqualTo(192);
    assertThat(as(register()).get("/api/v1/users/" + ann.id()).at("/avatar"))
        .isEqualTo(set.at("/avatar"));
  }

  @Test
  void pictureShouldNotBeSentAgainWhileItIsTheSame() throws IOException {
    SignedIn ann = registerVerified();
    put(ann, image("png", 40, 40), "image/png");
    String tag = as(ann).get(of(ann)).header("etag");

    Api.Answer same = as(ann).send("GET", of(ann), new byte[0], Map.of("If-None-Match", tag));
    put(ann, image("png", 50, 50), "image/png");
    Api.Answer other = as(ann).send("GET", of(ann), new byte[0], Map.of("If-None-Match", tag));

    assertThat(same.status()).isEqualTo(304);
    assertThat(other.status()).isEqualTo(200);
    assertThat(other.header("etag")).isNotEqualTo(tag);
  }

  @Test
  void deleteShouldTakeItAway() throws IOException {
    SignedIn ann = registerVerified();
    put(ann, image("png", 40, 40), "image/png");

    assertThat(as(ann).delete(MINE).status()).isEqualTo(204);
    assertThat(as(ann).delete(MINE).status()).isEqualTo(204);

    assertThat(as(ann).get(of(ann)).problem()).isEqualTo("404 not-found");
    assertThat(as(ann).get("/api/v1/users/me").json().get("avatar").isNull()).isTrue();
    assertThat(
            database
                .sql("SELECT count(*) FROM avatars WHERE account_id = ?")
                .param(UUID.fromString(ann.id()))
                .query(Integer.class)
                .single())
        .isZero();
  }

  @Test
  void typeShouldBeWhatTheContentIsNotWhatIsSaid() throws IOException {
    SignedIn ann = registerVerified();

    assertThat(put(ann, image("png", 40, 40), "image/gif").status()).isEqualTo(200);
    assertThat(put(ann, image("png", 40, 40), "application/octet-stream").status()).isEqualTo(200);
    assertThat(put(ann, "<svg/>".getBytes(StandardCharsets.UTF_8), "image/png").problem())
        .isEqualTo("415 unsupported-image");
    assertThat(put(ann, image("png", 40, 40), "text/html").problem())
        .isEqualTo("415 unsupported-media-type");
    assertThat(put(ann, image("bmp", 40, 40), "image/png").problem())
        .isEqualTo("415 unsupported-image");
  }

  @Test
  void brokenPicturesShouldBeRefusedAndChangeNothing() throws IOException {
    SignedIn ann = registerVerified();
    String before = put(ann, image("png", 40, 40), "image/png").at("/avatar");
    byte[] whole = image("jpeg", 80, 80);

    assertThat(put(ann, Arrays.copyOf(whole, whole.length / 2), "image/jpeg").problem())
        .isEqualTo("400 invalid-image");
    assertThat(
            put(ann, "GIF89a=1;alert(1)//".getBytes(StandardCharsets.UTF_8), "image/gif").problem())
        .isEqualTo("400 invalid-image");
    assertThat(put(ann, new byte[0], "image/png").status()).isIn(400, 415);
    assertThat(as(ann).get("/api/v1/users/me").at("/avatar")).isEqualTo(before);
  }

  @Test
  void sizeShouldBeLimited() throws IOException {
    SignedIn ann = registerVerified();

    assertThat(put(ann, new byte[1024 * 1024 + 1], "image/png").problem())
        .isEqualTo("413 body-too-large");
    assertThat(put(ann, image("gif", 6000, 5000), "image/gif").problem())
        .isEqualTo("413 image-too-large");
    // Where no pictures are taken, the usual limit holds.
    assertThat(
            as(ann).patch("/api/v1/users/me", "{\"bio\":\"" + "x".repeat(70_000) + "\"}").problem())
        .isEqualTo("413 body-too-large");
  }

  @Test
  void accountWithoutAVerifiedAddressShouldNotMakeWork() throws IOException {
    SignedIn fresh = register();

    Api.Answer refused = put(fresh, image("png", 40, 40), "image/png");

    assertThat(refused.problem()).isEqualTo("403 insufficient-scope");
    assertThat(refused.at("/scope")).isEqualTo("media:write");
    assertThat(as(fresh).delete(MINE).status()).isEqualTo(204);
  }

  @Test
  void getShouldRefuseWhomItIsNotFor() throws IOException {
    SignedIn ann = registerVerified();
    SignedIn bob = register();
    put(ann, image("png", 40, 40), "image/png");

    as(ann).put("/api/v1/blocks/" + bob.id());

    assertThat(as(bob).get(of(ann)).problem()).isEqualTo("404 not-found");
    assertThat(as(bob).get("/api/v1/users/" + UUID.randomUUID() + "/avatar").problem())
        .isEqualTo("404 not-found");
    assertThat(as(bob).get("/api/v1/users/x/avatar").problem()).isEqualTo("400 invalid-request");
    assertThat(api().get(of(ann)).problem()).isEqualTo("401 unauthenticated");
    assertThat(api().put(MINE).problem()).isEqualTo("401 unauthenticated");
  }

  private Api.Answer put(SignedIn user, byte[] bytes, String type) {
    return as(user).send("PUT", MINE, bytes, Map.of("Content-Type", type));
  }

  private static String of(SignedIn user) {
    return "/api/v1/users/" + user.id() + "/avatar";
  }

  private static byte[] image(String format, int width, int height) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BufferedImage image =
        format.equals("gif")
            ? new BufferedImage(width, height, BufferedImage.TYPE_BYTE_BINARY)
            : new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0xFFFFFF);
    assertThat(ImageIO.write(image, format, out)).isTrue();
    return out.toByteArray();
  }
}
