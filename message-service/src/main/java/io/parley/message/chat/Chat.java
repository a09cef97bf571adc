package io.parley.message.chat;

import org.springframework.stereotype.Component;

/**
 * What a client does most over its socket; the rest are {@link
 * io.parley.message.command.ConversationCommand}s. Each part checks access by itself, so it is the
 * same over REST.
 */
@Component
public record Chat(Sending sending, Marks marks, Delivered delivered, Typing typing) {}
