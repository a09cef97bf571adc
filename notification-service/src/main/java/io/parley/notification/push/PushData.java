package io.parley.notification.push;

import java.util.LinkedHashMap;
import java.util.Map;

/** What an app is told beside the words, the same on all channels. A wire contract. */
public final class PushData {

  private PushData() {}

  public static Map<String, String> of(Notice notice) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("kind", notice.kind().name());
    data.put("conversationId", notice.conversationId().toString());
    data.put("conversationKind", notice.conversationKind());
    data.put("seq", Long.toString(notice.seq()));
    data.put("messageId", notice.messageId());
    data.put("senderId", notice.senderId().toString());
    data.put("sentAt", notice.sentAt().toString());
    data.put("tag", notice.conversationId().toString());
    data.put("badge", Integer.toString(notice.badge()));
    data.put("mention", Boolean.toString(notice.mention()));
    return data;
  }
}
