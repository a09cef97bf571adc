package io.parley.message.presence;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The same on every node.
 *
 * @param beat how often a node says that it is alive
 * @param deadAfter how long a node may say nothing before another takes over what it left
 * @param pulse how often a node says that those who are connected to it still are, to those who
 *     look at presence
 * @param silentAfter how long a node may say nothing before those who are connected to it are shown
 *     as offline
 * @param comeBack how long somebody may be without a connection before those who watch are told
 */
@ConfigurationProperties("parley.presence")
public record PresenceProperties(
    @DefaultValue("3s") Duration beat,
    @DefaultValue("10s") Duration deadAfter,
    @DefaultValue("250ms") Duration pulse,
    @DefaultValue("2s") Duration silentAfter,
    @DefaultValue("2500ms") Duration comeBack) {}
