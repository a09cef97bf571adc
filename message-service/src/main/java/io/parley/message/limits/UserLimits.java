package io.parley.message.limits;

import io.parley.common.ids.UserId;
import io.parley.common.limits.HotLimit;
import io.parley.common.limits.Limit;
import io.parley.common.limits.RateLimits;
import io.parley.common.problems.ProblemException;
import org.springframework.stereotype.Component;

/**
 * A user's limits, shared by all their tokens, REST and STOMP, and all nodes. They let everything
 * through while Redis is away: a send can not be stored then anyway, and sockets that are to come
 * back must not be kept out.
 */
@Component
public class UserLimits {

  /** Users whose buckets a node remembers between two sends or frames. */
  private static final int MAX_USERS = 100_000;

  private final RateLimits limits;
  private final Limit connects;
  private final Limit searchedPages;
  private final HotLimit sends;
  private final HotLimit frames;

  UserLimits(RateLimits limits, UserLimitsProperties properties) {
    this.limits = limits;
    long scale = properties.scale();
    this.connects =
        Limit.failingOpen("connect", scale * properties.connects(), properties.connectsRefill());
    this.searchedPages =
        Limit.failingOpen(
            "repeat-search", scale * properties.searchedPages(), properties.searchedPagesRefill());
    this.sends =
        limits.hot(
            Limit.failingOpen("send", scale * properties.sends(), properties.sendsRefill()),
            MAX_USERS);
    this.frames =
        limits.hot(
            Limit.failingOpen("frame", scale * properties.frames(), properties.framesRefill()),
            MAX_USERS);
  }

  /**
   * Counted on this node, and compared with the others now and then: no exchange with Redis for
   * each message.
   *
   * @throws ProblemException 429 {@code rate-limited}
   */
  public void send(UserId user) {
    sends.consume(user.toString()).orRefuse();
  }

  /**
   * What a client asks for beside messages. Counted as sends are.
   *
   * @throws ProblemException 429 {@code rate-limited}
   */
  public void frame(UserId user) {
    frames.consume(user.toString()).orRefuse();
  }

  /**
   * @throws ProblemException 429 {@code rate-limited}
   */
  public void connect(UserId user) {
    limits.consume(connects, user.toString()).orRefuse();
  }

  /**
   * The log is to be searched for what the user may have sent before.
   *
   * @throws ProblemException 429 {@code rate-limited}
   */
  public void searchForRepeat(UserId user, long pages) {
    limits
        .consume(searchedPages, user.toString(), Math.min(pages, searchedPages.capacity()))
        .orRefuse();
  }
}
