package io.parley.message.store;

import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * This life of this node: another after each start, so that nothing is taken for its successor's.
 */
@Component
public final class NodeId {

  private final UUID value = UUID.randomUUID();

  public UUID value() {
    return value;
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
