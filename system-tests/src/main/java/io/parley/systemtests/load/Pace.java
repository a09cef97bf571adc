package io.parley.systemtests.load;

/** Says when the next message is sent, and in which conversation. */
interface Pace {

  void start(Traffic traffic);

  /** A message of this client was acknowledged or refused. */
  void answered(Traffic traffic, int conversation, int client);

  /** Ends the sending. */
  void stop() throws InterruptedException;
}
