package io.parley.message.missed;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param clearNotes how often Redis is told what is handed over
 * @param comeBack how long a client whose connection broke may take to connect again before it is
 *     told what it has missed
 * @param longestSilence how long a connection may have been dead when its node died, as heart-beats
 *     allow it; what came within it is told to whoever has not come back
 * @param worthTelling nobody is told of an older message: it was decided long ago, and
 *     notification-service remembers for a week only what it has pushed
 */
@ConfigurationProperties("parley.missed")
record MissedProperties(
    @DefaultValue("3s") Duration clearNotes,
    @DefaultValue("3s") Duration comeBack,
    @DefaultValue("30s") Duration longestSilence,
    @DefaultValue("1d") Duration worthTelling) {}
