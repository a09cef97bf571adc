package io.parley.user.account;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The cost of one Argon2id hash; the defaults are OWASP's (19 MiB, 2 passes, 1 lane).
 *
 * @param parallel how many hashes are computed at once; 0 is one for each processor
 * @param patience how long a login waits for its turn before it is answered 503
 */
@Validated
@ConfigurationProperties("parley.passwords")
record PasswordProperties(
    @DefaultValue("19MB") DataSize memory,
    @DefaultValue("2") @Min(1) int passes,
    @DefaultValue("0") @Min(0) int parallel,
    @DefaultValue("5s") Duration patience) {}
