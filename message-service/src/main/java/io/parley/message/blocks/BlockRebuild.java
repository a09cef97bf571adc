package io.parley.message.blocks;

import io.parley.common.problems.ProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Reads all blocks from user-service once after each start: blocks that are older than this
 * service's queue come this way.
 */
@Component
class BlockRebuild {

  private static final Logger log = LoggerFactory.getLogger(BlockRebuild.class);
  private static final long FIRST_PAUSE_MILLIS = 1_000;
  private static final long MAX_PAUSE_MILLIS = 60_000;

  private final Blocks blocks;
  private volatile boolean stopping;

  BlockRebuild(Blocks blocks) {
    this.blocks = blocks;
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
        blocks.rebuild();
        return;
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
}
