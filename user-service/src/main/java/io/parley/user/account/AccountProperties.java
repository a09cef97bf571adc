package io.parley.user.account;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param unverifiedScopes what those may do who have not verified their address, as words separated
 *     by spaces; {@code all} sets no limit
 * @param reservedUsernames that nobody gets, nor one that looks the same; who has one keeps it
 * @param formerUsernamesFor how long a username that was given up leads to its account and is
 *     nobody else's
 * @param maxFormerUsernames how many of them an account may have at a time
 * @param adminEmails whoever verifies one of these addresses is an admin
 */
@ConfigurationProperties("parley.accounts")
record AccountProperties(
    @DefaultValue(
            "account:read account:write account:security users:read messages:read groups:read"
                + " notifications:manage")
        String unverifiedScopes,
    @DefaultValue({
          "abuse",
          "admin",
          "administrator",
          "all",
          "anonymous",
          "api",
          "bot",
          "channel",
          "deleted",
          "everyone",
          "group",
          "help",
          "here",
          "hostmaster",
          "info",
          "mod",
          "moderator",
          "no_reply",
          "nobody",
          "noreply",
          "null",
          "official",
          "online",
          "operator",
          "owner",
          "parley",
          "postmaster",
          "root",
          "security",
          "self",
          "service",
          "staff",
          "support",
          "sysadmin",
          "system",
          "team",
          "undefined",
          "unknown",
          "user",
          "webmaster"
        })
        Set<String> reservedUsernames,
    @DefaultValue("90d") Duration formerUsernamesFor,
    @DefaultValue("3") int maxFormerUsernames,
    @DefaultValue List<String> adminEmails) {}
