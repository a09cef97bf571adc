package io.parley.common.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.AuditRecorded;
import io.parley.common.ids.UserId;
import io.parley.localstack.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** With the configuration that the documentation offers: audit lines in a file, as ECS. */
@ExtendWith(OutputCaptureExtension.class)
class AuditLogTest {

  private static final UserId ACTOR = new UserId(UUID.randomUUID());

  @TempDir private Path folder;

  @AfterEach
  void usualLogging() {
    System.clearProperty("PARLEY_AUDIT_FILE");
    MDC.clear();
    LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
    logging.cleanUp();
    logging.beforeInitialize();
    logging.initialize(new LoggingInitializationContext(new MockEnvironment()), null, null);
  }

  @Test
  void auditLinesShouldGoToTheirFileAndNoOthers(CapturedOutput output) throws IOException {
    Path file = folder.resolve("audit.log");
    System.setProperty("PARLEY_AUDIT_FILE", file.toString());
    MockEnvironment environment =
        new MockEnvironment()
            .withProperty("spring.application.name", "group-service")
            .withProperty("logging.structured.format.console", "ecs");
    LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
    logging.cleanUp();
    logging.getSystemProperties(environment).apply();
    logging.beforeInitialize();
    logging.initialize(
        new LoggingInitializationContext(environment),
        Checkout.root().resolve("docs/operate/logback-audit.xml").toUri().toString(),
        null);

    MDC.put(LogFields.REQUEST, "request-7");
    MDC.put(LogFields.USER, ACTOR.toString());
    LoggerFactory.getLogger(AuditLogTest.class).info("something else");
    AuditRecorded deed =
        new AuditRecorded(
            UUID.randomUUID(),
            Instant.parse("2026-01-02T03:04:05Z"),
            "group-service",
            ACTOR,
            "group.member.banned",
            "user",
            "the-subject",
            "203.0.113.7",
            "request-7",
            Map.of("group", "the-group"));
    AuditLog.write(deed);

    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(1);
    JsonNode line = new JsonMapper().readTree(lines.getFirst());
    assertThat(line.at("/log/logger").asString()).isEqualTo("audit");
    assertThat(line.at("/service/name").asString()).isEqualTo("group-service");
    assertThat(line.at("/audit/id").asString()).isEqualTo(deed.id().toString());
    assertThat(line.at("/audit/action").asString()).isEqualTo("group.member.banned");
    assertThat(line.at("/audit/actor").asString()).isEqualTo(ACTOR.toString());
    assertThat(line.at("/audit/targetType").asString()).isEqualTo("user");
    assertThat(line.at("/audit/targetId").asString()).isEqualTo("the-subject");
    assertThat(line.at("/audit/requestId").asString()).isEqualTo("request-7");
    assertThat(line.at("/audit/details/group").asString()).isEqualTo("the-group");
    assertThat(line.at("/http/request/id").asString()).isEqualTo("request-7");
    assertThat(line.at("/user/id").asString()).isEqualTo(ACTOR.toString());
    assertThat(output.getOut()).contains("something else").doesNotContain("group.member.banned");
  }
}
