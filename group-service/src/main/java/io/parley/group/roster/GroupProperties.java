package io.parley.group.roster;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxMembers of one group, its owner included
 * @param membersPerEvent a change of more members is told in several events
 */
@Validated
@ConfigurationProperties("parley.groups")
public record GroupProperties(
    @DefaultValue("10000") @Min(1) int maxMembers,
    @DefaultValue("500") @Min(1) int membersPerEvent) {}
