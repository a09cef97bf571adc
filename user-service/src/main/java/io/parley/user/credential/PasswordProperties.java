package io.parley.user.credential;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How good a password must be, and what one Argon2id hash costs; the defaults of the cost are
 * OWASP's (19 MiB, 2 passes, 1 lane). Who logs in after the cost was changed gets a new hash.
 *
 * @param minScore of zxcvbn, 0 to 4; 3 stands for 10^8 guesses or more
 * @param memory of one hash
 * @param passes over that memory
 * @param parallel how many hashes are computed at once; 0 is half the processors, and one at least
 * @param patience how long a login waits for its turn, twice at most, before it is answered 503
 */
@Validated
@ConfigurationProperties("parley.passwords")
record PasswordProperties(
    @DefaultValue("3") @Min(0) @Max(4) int minScore,
    @DefaultValue("19MB") DataSize memory,
    @DefaultValue("2") @Min(1) int passes,
    @DefaultValue("0") @Min(0) int parallel,
    @DefaultValue("5s") Duration patience) {}
