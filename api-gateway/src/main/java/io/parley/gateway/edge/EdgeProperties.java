package io.parley.gateway.edge;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param maxBody largest request body
 * @param largeBodies the requests that may have another size, first match counts
 * @param bodyTimeout how long a client may take to send one request's body
 * @param headTimeout how long a client may take to send one request's head, from its first byte
 * @param answerGrace how long an answer may wait for a client that reads nothing
 * @param answerMinRate bytes a second that a client has to read of an answer besides that, on
 *     average
 * @param trustedProxies addresses and ranges (10.0.0.0/8) whose X-Forwarded-For is believed
 * @param hstsMaxAge how long browsers that came by TLS come by TLS only; zero says nothing
 */
@ConfigurationProperties("parley.gateway.edge")
record EdgeProperties(
    @DefaultValue("64KB") DataSize maxBody,
    @DefaultValue List<LargeBody> largeBodies,
    @DefaultValue("30s") Duration bodyTimeout,
    @DefaultValue("10s") Duration headTimeout,
    @DefaultValue("30s") Duration answerGrace,
    @DefaultValue("1KB") DataSize answerMinRate,
    @DefaultValue List<String> trustedProxies,
    @DefaultValue("365d") Duration hstsMaxAge) {

  /**
   * @param requests as {@link RequestPattern} reads them
   */
  record LargeBody(List<String> requests, DataSize size) {}
}
