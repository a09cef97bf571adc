package io.parley.message.log;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.EventLog.ProposedSeqs;
import io.parley.message.metrics.MessageMeter;
import io.parley.message.store.NodeId;
import io.parley.message.store.RedisConnections;
import io.parley.message.store.RedisShard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/**
 * Proposes seqs. One hash a conversation, {@code log:{<shard>}:<conversation id>}, written by the
 * scripts in {@code redis/} only and dropped by its TTL ({@code parley.log.idle-expiry}):
 *
 * <ul>
 *   <li>{@code history}: the master_replid of the Redis it was made in. A restart and a failover
 *       begin another, and a master that comes back after one takes it over; such a Redis may have
 *       forgotten seqs it gave out, so the hash is stale
 *   <li>{@code epoch}, {@code seq}, {@code count}: the epoch, the last seq, the last message count
 *   <li>{@code i<event id>} → "epoch seq count at fingerprint" of each remembered event
 *   <li>{@code r<seq>} → event id, and author id if it is a message, of each of the newest events
 *   <li>{@code b<author id>} → event ids of the author's newest messages that are older than those,
 *       16 bytes each, oldest first: others who write much do not make an author's repeats unknown.
 *       At most {@code parley.log.remembered-by-author}, about 170 bytes each with their entries
 * </ul>
 *
 * <p>And what this node may still have to tell those who miss it, {@code owed:{<shard>}:<node id>},
 * a hash: conversation id → "first last", the lowest and the highest seq of the messages and
 * changes of messages this node proposed there since the note was last cleared. It outlives the
 * node by {@link #OWED_FOR}. Ids are 16 bytes. And when something was last said ({@link
 * RedisLastMessages}).
 *
 * <p>Lua, because looking up the repeat and taking the next seq must be one step. Nothing here is
 * trusted to last: whatever is missing or stale is seeded again from the log (ADR 0003). Asking for
 * the master_replid is 5 µs of the 65 µs of CPU that a proposal costs Redis 7.0.
 */
@Component
class RedisSequencer implements Sequencer {

  private static final long TIMEOUT_MILLIS = 2_000;
  private static final Duration RECENTLY = Duration.ofMinutes(1);
  private static final Duration OWED_FOR = Duration.ofHours(1);
  private static final Answer STALE = new Stale();
  private static final Answer UNKNOWN = new Unknown();
  private static final Answer PASSED = new Passed();

  private static final byte[] NONE = {};

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;
  private final NodeId node;
  private final Timer proposals;
  private final Script propose;
  private final Script seed;
  private final Script find;
  private final Script newest;
  private final byte[] remembered;
  private final byte[] rememberedByAuthor;
  private final byte[] ttlMillis;

  /** What has longer to live was written to in the last minute. */
  private final byte[] recentTtlMillis;

  private final byte[] lastMessageSeconds = ascii(RedisLastMessages.KEPT.toSeconds());
  private final byte[] owedMillis = ascii(OWED_FOR.toMillis());

  RedisSequencer(
      RedisConnections connections, LogProperties properties, NodeId node, MeterRegistry metrics) {
    this.redis = connections.commands();
    this.node = node;
    this.proposals = MessageMeter.PROPOSE.timer(metrics);
    this.propose = new Script("redis/propose.lua");
    this.seed = new Script("redis/seed.lua");
    this.find = new Script("redis/find.lua");
    this.newest = new Script("redis/newest.lua");
    this.remembered = ascii(properties.rememberedSends());
    this.rememberedByAuthor = ascii(properties.rememberedByAuthor());
    this.ttlMillis = ascii(properties.idleExpiry().toMillis());
    this.recentTtlMillis = ascii(properties.idleExpiry().minus(RECENTLY).toMillis());
  }

  @Override
  public Answer propose(EventLog.Draft draft, EventId id, String fingerprint) {
    List<byte[]> answer =
        proposed(draft.conversation(), draft.window(), List.of(new Named(draft, id, fingerprint)));
    return answer(answer);
  }

  @Override
  public Answer propose(List<Named> drafts) {
    List<byte[]> answer = proposed(drafts.getFirst().draft().conversation(), null, drafts);
    if (answer.size() == 1) {
      return answer(answer);
    }
    List<Proposal> each = new ArrayList<>(drafts.size());
    for (int i = 0; i < answer.size(); i += 2) {
      each.add(proposal(answer.get(i), answer.get(i + 1)));
    }
    return new Proposals(each);
  }

  private List<byte[]> proposed(
      ConversationId conversation, @Nullable AppendWindow window, List<Named> drafts) {
    byte[] owed = RedisShard.of(conversation).key("owed", node);
    List<byte[]> args = new ArrayList<>(8 + 5 * drafts.size());
    args.add(remembered);
    args.add(ttlMillis);
    args.add(bytes(conversation.value()));
    args.add(owedMillis);
    args.add(rememberedByAuthor);
    args.add(lastMessageSeconds);
    args.add(window == null ? NONE : ascii(window.epoch()));
    args.add(window == null ? NONE : ascii(window.last()));
    for (Named named : drafts) {
      EventLog.Draft draft = named.draft();
      args.add(bytes(named.id().value()));
      args.add(ascii(named.fingerprint()));
      args.add(ascii(draft.kind() == LogEvent.Kind.MESSAGE ? 1 : 0));
      args.add(bytes(draft.author().value()));
      args.add(ascii(draft.kind().isOwed() ? 1 : 0));
    }
    byte[][] keys = {key(conversation), owed, RedisLastMessages.key(conversation)};
    long began = System.nanoTime();
    try {
      return run(propose, keys, args.toArray(byte[][]::new));
    } finally {
      proposals.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public Answer find(ConversationId conversation, EventId id) {
    return answer(run(find, new byte[][] {key(conversation)}, bytes(id.value())));
  }

  private static Answer answer(List<byte[]> answer) {
    byte kind = answer.get(0)[0];
    if (kind == 'S') {
      return STALE;
    }
    if (kind == 'U') {
      return UNKNOWN;
    }
    if (kind == 'P') {
      return PASSED;
    }
    return proposal(answer.get(0), answer.get(1));
  }

  private static Proposal proposal(byte[] kind, byte[] entry) {
    String[] fields = fields(entry);
    return new Proposal(
        kind[0] == 'R',
        Integer.parseInt(fields[0]),
        Long.parseLong(fields[1]),
        Long.parseLong(fields[2]),
        Instant.ofEpochMilli(Long.parseLong(fields[3])),
        fields[4]);
  }

  /** A seeded event has no fingerprint: the log has its body. */
  @Override
  public void seed(
      ConversationId conversation, int epoch, long seq, long count, List<LogEvent> events) {
    List<byte[]> args = new ArrayList<>();
    args.add(ascii(epoch));
    args.add(ascii(seq));
    args.add(ascii(count));
    args.add(ttlMillis);
    for (LogEvent event : events) {
      byte[] id = bytes(event.id().value());
      String place = event.seq() + " " + event.messageCount();
      args.add(field('i', id));
      args.add(ascii(event.epoch() + " " + place + " " + event.at().toEpochMilli() + " "));
      args.add(ascii("r" + event.seq()));
      if (event.kind() == LogEvent.Kind.MESSAGE && event.author() != null) {
        byte[] author = bytes(event.author().value());
        args.add(ByteBuffer.allocate(id.length + author.length).put(id).put(author).array());
      } else {
        args.add(id);
      }
    }
    run(seed, new byte[][] {key(conversation)}, args.toArray(byte[][]::new));
  }

  @Override
  public int epoch(ConversationId conversation) {
    byte[] epoch = await(redis.hget(key(conversation), ascii("epoch")));
    return epoch == null ? 0 : Integer.parseInt(fields(epoch)[0]);
  }

  @Override
  public ProposedSeqs proposedSeqs(Collection<ConversationId> conversations) {
    Map<RedisShard, List<ConversationId>> shards = RedisShard.group(conversations);
    Map<List<ConversationId>, RedisFuture<List<byte[]>>> answers = new IdentityHashMap<>();
    shards.values().forEach(ids -> answers.put(ids, start(newest, keys(ids), recentTtlMillis)));
    Map<ConversationId, Long> known = new HashMap<>();
    Set<ConversationId> recent = new HashSet<>();
    Set<ConversationId> unknown = new HashSet<>();
    answers.forEach(
        (ids, answer) -> {
          List<byte[]> seqs = finish(answer, newest, keys(ids), recentTtlMillis);
          for (int i = 0; i < seqs.size(); i++) {
            if (seqs.get(i).length == 0) {
              unknown.add(ids.get(i));
              continue;
            }
            String[] seq = fields(seqs.get(i));
            known.put(ids.get(i), Long.valueOf(seq[0]));
            if (seq.length > 1) {
              recent.add(ids.get(i));
            }
          }
        });
    return new ProposedSeqs(known, recent, unknown);
  }

  private static byte[][] keys(List<ConversationId> conversations) {
    return conversations.stream().map(RedisSequencer::key).toArray(byte[][]::new);
  }

  static byte[] key(ConversationId conversation) {
    return RedisShard.of(conversation).key("log", conversation);
  }

  private List<byte[]> run(Script script, byte[][] keys, byte[]... args) {
    return finish(start(script, keys, args), script, keys, args);
  }

  private RedisFuture<List<byte[]>> start(Script script, byte[][] keys, byte[]... args) {
    return redis.evalsha(script.sha, ScriptOutputType.MULTI, keys, args);
  }

  private List<byte[]> finish(
      RedisFuture<List<byte[]>> answer, Script script, byte[][] keys, byte[]... args) {
    try {
      return await(answer);
    } catch (RedisNoScriptException e) {
      return await(redis.eval(script.text, ScriptOutputType.MULTI, keys, args));
    }
  }

  private static <T> T await(RedisFuture<T> answer) {
    try {
      return answer.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RedisNoScriptException unknownScript) {
        throw unknownScript;
      }
      throw unavailable();
    } catch (RedisException | TimeoutException e) {
      throw unavailable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable();
    }
  }

  private static ProblemException unavailable() {
    return new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Redis does not answer");
  }

  private static String[] fields(byte[] entry) {
    return new String(entry, StandardCharsets.US_ASCII).split(" ", -1);
  }

  private static byte[] field(char kind, byte[] id) {
    return ByteBuffer.allocate(1 + id.length).put((byte) kind).put(id).array();
  }

  private static byte[] bytes(UUID id) {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
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
