package io.parley.user.account;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param unverifiedScopes what those may do who have not verified their address, as words separated
 *     by spaces; {@code all} sets no limit
 * @param adminEmails while there is no admin, whoever verifies one of these addresses with the
 *     password of its account is one
 */
@ConfigurationProperties("parley.accounts")
record AccountProperties(
    @DefaultValue(
            "account:read account:write account:security users:read messages:read groups:read"
                + " notifications:manage")
        String unverifiedScopes,
    @DefaultValue List<String> adminEmails) {}
