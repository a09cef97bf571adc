package io.parley.message.chat;

import org.springframework.stereotype.Component;

/**
 * What a client can do in a conversation over its socket. Each part checks access by itself, so it
 * is the same over REST.
 */
@Component
public record Chat(Sending sending, Deleting deleting, Marks marks, Typing typing) {}
