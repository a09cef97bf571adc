package io.parley.message.inbox;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param overlap how long before a device's last sync something may have been written and is told
 *     once more: longer than a write can take, and than clocks of nodes and stores differ
 */
@Validated
@ConfigurationProperties("parley.sync")
record SyncProperties(@DefaultValue("60s") Duration overlap) {}
