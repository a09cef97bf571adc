package io.parley.message.socket;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The socket's description, AsyncAPI 3; the gateway shows it at {@code /docs/asyncapi.yaml}. */
@RestController
class SocketDocumentController {

  private static final Resource DOCUMENT = new ClassPathResource("asyncapi.yaml");

  @GetMapping(path = "/asyncapi.yaml", produces = "application/yaml;charset=UTF-8")
  Resource document() {
    return DOCUMENT;
  }
}
