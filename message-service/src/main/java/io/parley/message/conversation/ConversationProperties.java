package io.parley.message.conversation;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param formerMembers how long it is kept who has left a conversation, so that an older change
 *     that comes late brings nobody back
 */
@Validated
@ConfigurationProperties("parley.conversations")
record ConversationProperties(@DefaultValue("30d") Duration formerMembers) {}
