package io.parley.message.reaction;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * @param count how many users react with it; at least one
 */
@JsonPropertyOrder({"emoji", "count"})
record Tally(String emoji, int count) {}
