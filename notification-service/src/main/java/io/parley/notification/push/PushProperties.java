package io.parley.notification.push;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param fcmEndpoint base URL of a stand-in for FCM, without a path; empty for the real one
 * @param fcmCredentials path of the service account's JSON; push is off when this and the endpoint
 *     are empty
 * @param fcmProject project id towards a stand-in; the real one is named by the credentials
 * @param lease how long a claim outlives the process that made it
 * @param keepDeliveries how long it is known what was pushed: a repeat of an older event would push
 *     again
 */
@Validated
@ConfigurationProperties("parley.push")
record PushProperties(
    @DefaultValue("") String fcmEndpoint,
    @DefaultValue("") String fcmCredentials,
    @DefaultValue("parley-local") String fcmProject,
    @DefaultValue("30s") @NotNull Duration lease,
    @DefaultValue("7d") @NotNull Duration keepDeliveries) {}
