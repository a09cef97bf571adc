package io.parley.message.facts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.availability.Presences;
import io.parley.message.availability.Presences.Attention;
import io.parley.message.blocks.Blocks;
import io.parley.message.conversation.CassandraSettingsStore;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Member;
import io.parley.message.conversation.MemberSettings;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.conversation.ReadMarkers;
import io.parley.message.facts.AskFacts.Question;
import io.parley.message.facts.FactsView.MessageFacts;
import io.parley.message.facts.FactsView.RecipientFacts;
import io.parley.message.hidden.HiddenMessages;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import io.parley.message.mention.Mention;
import io.parley.message.mention.MentionRows;
import io.parley.message.mention.Mentioned;
import io.parley.message.text.MessageText;
import io.parley.message.thread.Follow;
import io.parley.message.thread.FollowedThreads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is so now of messages and of those to whom they may be of interest: what
 * notification-service decides by. A batch costs a few requests for each conversation, and a few
 * for each 32 of its users, all at once; only hidden messages are asked for by pairs, and those are
 * rare.
 */
@Service
class Facts {

  /** All that was read for a batch. */
  private record Read(
      Map<ConversationId, Conversation> conversations,
      Map<ConversationId, Map<UserId, Member>> members,
      Map<ConversationId, Integer> counts,
      Map<ConversationId, Map<Long, LogEvent>> messages,
      UsersPlaces places,
      Map<UserId, Attention> attention,
      Map<UserId, String> names,
      Map<UserId, Set<UserId>> apart,
      Map<UserId, Map<ConversationId, List<Follow>>> follows) {

    @Nullable LogEvent message(ConversationId conversation, long seq) {
      return messages.getOrDefault(conversation, Map.of()).get(seq);
    }
  }

  static final int MAX_TEXT_CHARS = 400;

  private static final int MAX_COUNTS = 10_000;

  /** Counting reads all members. */
  private static final Duration COUNTED_FOR = Duration.ofMinutes(1);

  private static final Attention NONE = new Attention(false, false, false);

  private final Conversations conversations;
  private final LogReader log;
  private final ReadMarkers markers;
  private final CassandraSettingsStore settings;
  private final HiddenMessages hidden;
  private final MentionRows mentions;
  private final FollowedThreads threads;
  private final Blocks blocks;
  private final Presences presences;
  private final Senders senders;
  private final Badges badges;
  private final Parallel parallel;
  private final JsonMapper json;
  private final Clock clock;
  private final Cache<ConversationId, Integer> counted =
      Caffeine.newBuilder().maximumSize(MAX_COUNTS).expireAfterWrite(COUNTED_FOR).build();

  Facts(
      Conversations conversations,
      LogReader log,
      ReadMarkers markers,
      CassandraSettingsStore settings,
      HiddenMessages hidden,
      MentionRows mentions,
      FollowedThreads threads,
      Blocks blocks,
      Presences presences,
      Senders senders,
      Badges badges,
      Parallel parallel,
      JsonMapper json,
      Clock clock) {
    this.conversations = conversations;
    this.log = log;
    this.markers = markers;
    this.settings = settings;
    this.hidden = hidden;
    this.mentions = mentions;
    this.threads = threads;
    this.blocks = blocks;
    this.presences = presences;
    this.senders = senders;
    this.badges = badges;
    this.parallel = parallel;
    this.json = json;
    this.clock = clock;
  }

  /**
   * @throws ProblemException 503 {@code store-unavailable}
   */
  FactsView of(List<Question> questions) {
    Map<ConversationId, Set<UserId>> asked = new HashMap<>();
    Map<ConversationId, Set<Long>> seqs = new HashMap<>();
    Set<UserId> users = new HashSet<>();
    for (Question question : questions) {
      ConversationId id = question.conversationId();
      asked.computeIfAbsent(id, key -> new HashSet<>()).addAll(question.userIds());
      seqs.computeIfAbsent(id, key -> new HashSet<>()).add(question.seq());
      users.addAll(question.userIds());
    }
    CompletableFuture<Map<ConversationId, Map<Long, LogEvent>>> messages =
        parallel.start(() -> messages(seqs));
    CompletableFuture<Map<ConversationId, Conversation>> known =
        parallel.start(() -> conversations.known(asked.keySet()));
    CompletableFuture<Map<ConversationId, Map<UserId, Member>>> members =
        parallel.start(() -> conversations.members(asked));
    CompletableFuture<UsersPlaces> places = parallel.start(() -> places(users));
    CompletableFuture<Map<UserId, Integer>> counts =
        parallel.start(() -> badges.of(Parallel.join(places)));
    CompletableFuture<Map<UserId, Attention>> attention =
        parallel.start(() -> presences.attention(users));
    CompletableFuture<Map<ConversationId, Integer>> sizes =
        parallel.start(() -> counts(Parallel.join(known).values()));
    CompletableFuture<Map<UserId, String>> names =
        parallel.start(() -> senders.names(authors(questions, Parallel.join(messages)).keySet()));
    CompletableFuture<Map<UserId, Set<UserId>>> apart =
        parallel.start(() -> blocks.apart(authors(questions, Parallel.join(messages))));
    CompletableFuture<Map<UserId, Map<ConversationId, List<Follow>>>> follows =
        parallel.start(() -> follows(questions, Parallel.join(messages)));
    Read read =
        new Read(
            Parallel.join(known),
            Parallel.join(members),
            Parallel.join(sizes),
            Parallel.join(messages),
            Parallel.join(places),
            Parallel.join(attention),
            Parallel.join(names),
            Parallel.join(apart),
            Parallel.join(follows));
    List<MessageFacts> facts = new ArrayList<>();
    questions.forEach(question -> facts.add(facts(question, read)));
    return new FactsView(facts, Parallel.join(counts));
  }

  // --- reading ---------------------------------------------------------------------------------

  private Map<ConversationId, Map<Long, LogEvent>> messages(Map<ConversationId, Set<Long>> seqs) {
    return parallel.forEach(
        seqs.keySet(),
        id -> {
          Map<Long, LogEvent> messages = new HashMap<>();
          for (LogEvent event : log.at(id, seqs.getOrDefault(id, Set.of()))) {
            if (event.kind() == LogEvent.Kind.MESSAGE) {
              messages.put(event.seq(), event);
            }
          }
          return messages;
        });
  }

  private UsersPlaces places(Set<UserId> users) {
    CompletableFuture<Map<UserId, Map<ConversationId, MemberSettings>>> set =
        parallel.start(() -> settings.all(users));
    CompletableFuture<Map<UserId, Map<ConversationId, ReadMarker>>> read =
        parallel.start(() -> markers.all(users));
    return new UsersPlaces(conversations.of(users), Parallel.join(read), Parallel.join(set));
  }

  private Map<ConversationId, Integer> counts(Collection<Conversation> all) {
    List<ConversationId> ids = all.stream().map(Conversation::id).toList();
    Map<ConversationId, Integer> counts = new HashMap<>(counted.getAllPresent(ids));
    List<ConversationId> missing = ids.stream().filter(id -> !counts.containsKey(id)).toList();
    Map<ConversationId, Integer> found = parallel.forEach(missing, conversations::countMembers);
    counted.putAll(found);
    counts.putAll(found);
    return counts;
  }

  /** Each with those to whom something of theirs may be of interest. */
  private static Map<UserId, Set<UserId>> authors(
      List<Question> questions, Map<ConversationId, Map<Long, LogEvent>> messages) {
    Map<UserId, Set<UserId>> authors = new HashMap<>();
    for (Question question : questions) {
      LogEvent message =
          messages.getOrDefault(question.conversationId(), Map.of()).get(question.seq());
      UserId author = message == null ? null : message.author();
      if (author != null) {
        authors.computeIfAbsent(author, key -> new HashSet<>()).addAll(question.userIds());
      }
    }
    return authors;
  }

  /** Of those only who are asked about with a reply. */
  private Map<UserId, Map<ConversationId, List<Follow>>> follows(
      List<Question> questions, Map<ConversationId, Map<Long, LogEvent>> messages) {
    Map<UserId, Set<ConversationId>> asked = new HashMap<>();
    for (Question question : questions) {
      LogEvent message =
          messages.getOrDefault(question.conversationId(), Map.of()).get(question.seq());
      if (message != null && message.threadRoot() > 0) {
        for (UserId user : question.userIds()) {
          asked.computeIfAbsent(user, key -> new HashSet<>()).add(question.conversationId());
        }
      }
    }
    return parallel.forEach(
        asked.keySet(), user -> threads.in(user, asked.getOrDefault(user, Set.of())));
  }

  // --- what follows from it --------------------------------------------------------------------

  private MessageFacts facts(Question question, Read read) {
    ConversationId id = question.conversationId();
    Conversation conversation = read.conversations().get(id);
    LogEvent message = read.message(id, question.seq());
    UserId author = message == null ? null : message.author();
    String name = author == null ? null : read.names().get(author);
    boolean gone = conversation == null || message == null || message.isDeleted() || name == null;
    String said = message == null || gone ? "{}" : message.content();
    JsonNode content = json.readTree(said);
    Mentioned mentioned = mentions.of(said);
    List<RecipientFacts> recipients = new ArrayList<>();
    for (UserId user : question.userIds()) {
      recipients.add(recipient(user, question, message, mentioned, read));
    }
    String editedAt = content.path("editedAt").asString("");
    return new MessageFacts(
        id,
        question.seq(),
        message == null ? null : message.id().toString(),
        conversation == null ? null : conversation.kind(),
        conversation == null ? null : conversation.name(),
        read.counts().getOrDefault(id, 0),
        author,
        name,
        gone ? null : beginning(MessageText.shown(content)),
        gone,
        editedAt.isEmpty() ? null : Instant.parse(editedAt),
        message == null ? null : message.at(),
        message == null ? null : message.expiresAt(),
        message == null || message.threadRoot() == 0 ? null : message.threadRoot(),
        content.path("alsoToConversation").asBoolean(false),
        recipients.stream().anyMatch(RecipientFacts::everyone),
        recipients);
  }

  private RecipientFacts recipient(
      UserId user, Question question, @Nullable LogEvent message, Mentioned mentioned, Read read) {
    ConversationId id = question.conversationId();
    Member member = read.members().getOrDefault(id, Map.of()).get(user);
    MemberSettings set = read.places().settings(user, id);
    Attention attention = read.attention().getOrDefault(user, NONE);
    boolean sees =
        member != null
            && member.sees(question.seq())
            && !(set.hiddenTo() >= question.seq() && hidden.isHidden(user, id, question.seq()));
    Follow follow = message == null ? null : follow(user, message, read);
    UserId author = message == null ? null : message.author();
    return new RecipientFacts(
        user,
        sees,
        read.places().marker(user, id).seq() >= question.seq()
            || (follow != null && follow.hasRead(question.seq())),
        set.isMuted(clock.instant()) ? set.mutedUntil() : null,
        mentioned.users().contains(user),
        mentioned.mentionsAll() == Mention.All.EVERYONE
            || (mentioned.mentionsAll() == Mention.All.HERE && attention.connected()),
        follow != null,
        author != null && read.apart().getOrDefault(author, Set.of()).contains(user),
        attention.foreground(),
        attention.doNotDisturb());
  }

  private static @Nullable Follow follow(UserId user, LogEvent message, Read read) {
    for (Follow follow :
        read.follows()
            .getOrDefault(user, Map.of())
            .getOrDefault(message.conversation(), List.of())) {
      if (follow.root() == message.threadRoot()) {
        return follow;
      }
    }
    return null;
  }

  /** Never cuts a surrogate pair in two. */
  static String beginning(String text) {
    if (text.length() <= MAX_TEXT_CHARS) {
      return text;
    }
    boolean pair = Character.isHighSurrogate(text.charAt(MAX_TEXT_CHARS - 1));
    return text.substring(0, pair ? MAX_TEXT_CHARS - 1 : MAX_TEXT_CHARS);
  }
}
