package io.parley.common.events;

/** Where events about users are published. */
public final class UserEvents {

  /** A durable topic exchange. */
  public static final String EXCHANGE = "parley.users";

  private UserEvents() {}
}
