package io.parley.message.blocks;

import io.parley.common.problems.ProblemException;
import io.parley.message.store.NodeId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Reads all blocks from user-service once in a keyspace's life, on the node that comes first:
 * blocks that are older than this service's queue come this way. After a queue was lost or a
 * keyspace restored, an administrator has them read again ({@code scripts/reconcile.sh --full}).
 */
@Component
class BlockRebuild {

  private static final Logger log = LoggerFactory.getLogger(BlockRebuild.class);
  private static final long FIRST_PAUSE_MILLIS = 1_000;
  private static final long MAX_PAUSE_MILLIS = 60_000;

  private final Blocks blocks;
  private final CassandraBlockStore store;
  private final NodeId node;
  private volatile boolean stopping;

  BlockRebuild(Blocks blocks, CassandraBlockStore store, NodeId node) {
    this.blocks = blocks;
    this.store = store;
    this.node = node;
  }

  @EventListener(ApplicationReadyEvent.class)
  void start() {
    Thread.ofVirtual().name("block-rebuild").start(this::run);
  }

  @EventListener(ContextClosedEvent.class)
  void stop() {
    stopping = true;
  }

  private void run() {
    for (long pause = FIRST_PAUSE_MILLIS;
        !stopping;
        pause = Math.min(MAX_PAUSE_MILLIS, 2 * pause)) {
      try {
        if (isDone()) {
          return;
        }
      } catch (ProblemException e) {
        log.warn("the blocks can not be read yet: {}", e.getMessage());
      } catch (RuntimeException e) {
        if (!stopping) {
          log.error("the blocks can not be read", e);
        }
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** False while another node is at it: it may die, so this one looks again. */
  boolean isDone() {
    if (store.isRebuilt()) {
      return true;
    }
    if (!store.beginRebuild(node.value())) {
      return false;
    }
    try {
      blocks.rebuild();
      return true;
    } finally {
      store.endRebuild(node.value());
    }
  }
}
