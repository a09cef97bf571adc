package io.parley.user.relation;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxContacts of one account
 * @param maxBlocks by one account
 */
@Validated
@ConfigurationProperties("parley.relations")
record RelationProperties(
    @DefaultValue("5000") @Min(1) int maxContacts, @DefaultValue("5000") @Min(1) int maxBlocks) {}
