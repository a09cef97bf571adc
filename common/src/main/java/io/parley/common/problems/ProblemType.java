package io.parley.common.problems;

import java.net.URI;
import org.springframework.http.HttpStatus;

/** One kind of refusal. The slug is a wire contract: clients match on it (RFC 9457, "type"). */
public interface ProblemType {

  HttpStatus status();

  /** Lower case with hyphens, unique in the whole fleet. */
  String slug();

  String title();

  default URI type() {
    return URI.create("https://parley.chat/problems/" + slug());
  }
}
