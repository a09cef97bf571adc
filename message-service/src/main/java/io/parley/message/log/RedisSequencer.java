package io.parley.message.log;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.store.RedisConnections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/**
 * Proposes seqs. One hash a conversation, {@code log:{<conversation id>}}, written by the scripts
 * in {@code redis/} only and dropped by its TTL ({@code parley.log.idle-expiry}):
 *
 * <ul>
 *   <li>{@code run}: the run_id of the Redis process it was made in; a restart, a failover or a
 *       restored snapshot makes it stale, since such a Redis may have forgotten seqs it gave out
 *   <li>{@code epoch}, {@code seq}, {@code count}: the epoch, the last seq, the last message count
 *   <li>{@code i<event id>} → "epoch seq count at fingerprint" of each remembered event, and {@code
 *       r<seq>} → event id, by which the oldest is forgotten
 * </ul>
 *
 * <p>Lua, because looking up the repeat and taking the next seq must be one step. Nothing here is
 * trusted to last: whatever is missing or stale is seeded again from the log (ADR 0003).
 */
@Component
class RedisSequencer {

  /** An event's place as Redis proposes it, or proposed it before when {@code repeat}. */
  record Proposal(
      boolean repeat, int epoch, long seq, long messageCount, Instant at, String fingerprint) {}

  /** An event that a seeded counter must know; its fingerprint is blank, the log has its body. */
  record Remembered(EventId id, int epoch, long seq, long messageCount, Instant at) {}

  private static final long TIMEOUT_MILLIS = 2_000;

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;
  private final Script propose;
  private final Script seed;
  private final Script find;
  private final byte[] remembered;
  private final byte[] ttlMillis;

  RedisSequencer(RedisConnections connections, LogProperties properties) {
    this.redis = connections.commands();
    this.propose = new Script("redis/propose.lua");
    this.seed = new Script("redis/seed.lua");
    this.find = new Script("redis/find.lua");
    this.remembered = ascii(properties.rememberedSends());
    this.ttlMillis = ascii(properties.idleExpiry().toMillis());
  }

  /**
   * @param fingerprint of the body, kept with a new proposal
   * @param countsAsMessage whether the message count grows
   * @return null when the counter is missing or stale: seed it
   * @throws ProblemException 503 when Redis does not answer
   */
  @Nullable Proposal propose(
      ConversationId conversation, EventId id, String fingerprint, boolean countsAsMessage) {
    List<byte[]> answer =
        run(
            propose,
            conversation,
            id.bytes(),
            ascii(fingerprint),
            ascii(countsAsMessage ? 1 : 0),
            remembered,
            ttlMillis);
    return answer.size() < 2 ? null : proposal(answer);
  }

  /**
   * What was proposed for an event before; empty when nothing is known of it.
   *
   * @return null when the counter is missing or stale: seed it
   */
  @Nullable Optional<Proposal> find(ConversationId conversation, EventId id) {
    List<byte[]> answer = run(find, conversation, id.bytes());
    if (answer.get(0)[0] == 'S') {
      return null;
    }
    return answer.size() < 2 ? Optional.empty() : Optional.of(proposal(answer));
  }

  private static Proposal proposal(List<byte[]> answer) {
    String[] fields = new String(answer.get(1), StandardCharsets.US_ASCII).split(" ", -1);
    return new Proposal(
        answer.get(0)[0] == 'R',
        Integer.parseInt(fields[0]),
        Long.parseLong(fields[1]),
        Long.parseLong(fields[2]),
        Instant.ofEpochMilli(Long.parseLong(fields[3])),
        fields[4]);
  }

  /** Makes the counter continue after {@code seq}; does nothing when a newer epoch is there. */
  void seed(ConversationId conversation, int epoch, long seq, long count, List<Remembered> events) {
    List<byte[]> args = new ArrayList<>();
    args.add(ascii(epoch));
    args.add(ascii(seq));
    args.add(ascii(count));
    args.add(ttlMillis);
    for (Remembered event : events) {
      args.add(event.id().bytes());
      args.add(ascii(event.seq()));
      args.add(
          ascii(
              event.epoch()
                  + " "
                  + event.seq()
                  + " "
                  + event.messageCount()
                  + " "
                  + event.at().toEpochMilli()
                  + " "));
    }
    run(seed, conversation, args.toArray(byte[][]::new));
  }

  /** The epoch whose seqs the counter gives out; 0 when there is none. */
  int epoch(ConversationId conversation) {
    try {
      byte[] epoch =
          redis.hget(key(conversation), ascii("epoch")).get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      return epoch == null ? 0 : Integer.parseInt(new String(epoch, StandardCharsets.US_ASCII));
    } catch (RedisException | ExecutionException | TimeoutException e) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Redis does not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /** The newest seq of each conversation that has a counter. */
  Map<ConversationId, Long> newest(List<ConversationId> conversations) {
    List<RedisFuture<byte[]>> answers = new ArrayList<>();
    Map<ConversationId, Long> newest = new HashMap<>();
    try {
      for (ConversationId conversation : conversations) {
        answers.add(redis.hget(key(conversation), ascii("seq")));
      }
      for (int i = 0; i < answers.size(); i++) {
        byte[] seq = answers.get(i).get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        if (seq != null) {
          newest.put(
              conversations.get(i), Long.valueOf(new String(seq, StandardCharsets.US_ASCII)));
        }
      }
    } catch (RedisException | ExecutionException | TimeoutException e) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Redis does not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return newest;
  }

  private static byte[] key(ConversationId conversation) {
    return ascii("log:{" + conversation + "}");
  }

  private List<byte[]> run(Script script, ConversationId conversation, byte[]... args) {
    byte[][] keys = {key(conversation)};
    try {
      try {
        return await(redis.evalsha(script.sha, ScriptOutputType.MULTI, keys, args));
      } catch (RedisNoScriptException e) {
        return await(redis.eval(script.text, ScriptOutputType.MULTI, keys, args));
      }
    } catch (RedisException | TimeoutException e) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Redis does not answer");
    }
  }

  private static List<byte[]> await(RedisFuture<List<byte[]>> future) throws TimeoutException {
    try {
      return future.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RedisException refused) {
        throw refused;
      }
      throw new RedisException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RedisException(e);
    }
  }

  private static byte[] ascii(Object value) {
    return value.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** A script by its text and the SHA-1 under which Redis keeps it. */
  private final class Script {

    private final byte[] text;
    private final String sha;

    Script(String resource) {
      try {
        this.text = new ClassPathResource(resource).getContentAsByteArray();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      this.sha = redis.digest(text);
    }
  }
}
