package io.parley.common.deadletters;

/**
 * A queue of dead letters.
 *
 * @param name of the queue that they come from, and go back to
 * @param messages how many there are
 */
record DeadLetterQueue(String name, int messages) {}
