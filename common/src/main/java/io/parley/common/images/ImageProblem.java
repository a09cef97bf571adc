package io.parley.common.images;

import io.parley.common.problems.ProblemType;
import org.springframework.http.HttpStatus;

/** Refusals of pictures. The slugs are wire contracts. */
public enum ImageProblem implements ProblemType {
  UNSUPPORTED_IMAGE(
      HttpStatus.UNSUPPORTED_MEDIA_TYPE,
      "unsupported-image",
      "Only PNG, JPEG and GIF pictures are taken"),
  IMAGE_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "image-too-large", "The picture is too large"),
  INVALID_IMAGE(HttpStatus.BAD_REQUEST, "invalid-image", "The picture can not be read"),
  IMAGES_BUSY(
      HttpStatus.SERVICE_UNAVAILABLE,
      "images-busy",
      "Too many pictures at once; try again shortly");

  private final HttpStatus status;
  private final String slug;
  private final String title;

  ImageProblem(HttpStatus status, String slug, String title) {
    this.status = status;
    this.slug = slug;
    this.title = title;
  }

  @Override
  public HttpStatus status() {
    return status;
  }

  @Override
  public String slug() {
    return slug;
  }

  @Override
  public String title() {
    return title;
  }
}
