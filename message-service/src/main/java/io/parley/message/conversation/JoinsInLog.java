package io.parley.message.conversation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.log.LogScan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * From where on members see a conversation, as its log tells it. Asked only when the projection has
 * nothing on a group: it must then be found again, not opened to all.
 */
@Component
public class JoinsInLog {

  /**
   * @param from the first seq that is seen
   * @param count messages up to it
   */
  public record View(long from, long count) {
    static final View EVERYTHING = new View(Member.EVERYTHING, 0);
  }

  /** The members of a MEMBERS event that matter here. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Joining(
      List<UserId> added, List<UserId> removed, GroupPolicy.@Nullable History history) {}

  private final LogReader log;
  private final LogScan logs;
  private final JsonMapper json;

  JoinsInLog(LogReader log, LogScan logs, JsonMapper json) {
    this.log = log;
    this.logs = logs;
    this.json = json;
  }

  /**
   * Who sees from where. Of whose joining the log has nothing: everything if the group lets joiners
   * see all, else what comes after the present head.
   */
  public Map<View, List<UserId>> views(Conversation group, Collection<UserId> users) {
    LogHead head = log.head(group.id());
    Map<UserId, View> joined = head == null ? Map.of() : viewsOfMembers(group.id());
    View others =
        head == null || group.policy().historyForJoiners() == GroupPolicy.History.ALL
            ? View.EVERYTHING
            : new View(head.seq() + 1, head.messageCount());
    Map<View, List<UserId>> views = new HashMap<>();
    for (UserId user : users) {
      views.computeIfAbsent(joined.getOrDefault(user, others), view -> new ArrayList<>()).add(user);
    }
    return views;
  }

  /** Who is a member by what the log says, and from where on each sees it. */
  public Map<UserId, View> viewsOfMembers(ConversationId id) {
    Map<UserId, View> views = new HashMap<>();
    logs.forEachPage(
        id,
        page -> {
          for (LogEvent event : page) {
            if (event.kind() == LogEvent.Kind.MEMBERS) {
              apply(event, views);
            }
          }
        });
    return views;
  }

  private void apply(LogEvent event, Map<UserId, View> views) {
    Joining joining = json.readValue(event.payload(), Joining.class);
    View view =
        joining.history() == GroupPolicy.History.FROM_JOINING
            ? new View(event.seq(), event.messageCount())
            : View.EVERYTHING;
    joining.removed().forEach(views::remove);
    joining.added().forEach(user -> views.put(user, view));
  }
}
