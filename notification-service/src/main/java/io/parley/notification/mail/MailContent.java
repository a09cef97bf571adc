package io.parley.notification.mail;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a mail is to say, and to whom.
 *
 * @param locale a BCP 47 tag
 * @param recipient whose the mail is, in user-service's words; null: its bounces do not matter
 * @param values what the text has gaps for: {@link #values}
 */
public record MailContent(
    String to,
    String locale,
    @Nullable String recipient,
    Map<String, String> values,
    Unread unread) {

  public MailContent {
    values = Map.copyOf(values);
  }

  /**
   * @param displayName the reader's
   * @param link where what is unread can be read
   * @param unsubscribePage where a click ends such mails
   * @param unsubscribeUrl what mail programs post to for the same (RFC 8058)
   */
  public static Map<String, String> values(
      String displayName, String link, String unsubscribePage, String unsubscribeUrl) {
    return Map.of(
        "displayName",
        displayName,
        "link",
        link,
        MailTexts.UNSUBSCRIBE_PAGE,
        unsubscribePage,
        MailTexts.UNSUBSCRIBE_URL,
        unsubscribeUrl);
  }

  /**
   * What is unread.
   *
   * @param named conversations with their names, which are what people wrote and are made harmless
   * @param others conversations that are only counted
   * @param messagesOfOthers in those
   * @param countedTo so many messages were looked at, and there are more; 0: all were
   */
  public record Unread(List<Conversation> named, int others, int messagesOfOthers, int countedTo) {

    public Unread {
      named = List.copyOf(named);
    }
  }

  /**
   * A conversation of which something is unread.
   *
   * @param senders who wrote it; empty where the name says so
   */
  public record Conversation(String name, int messages, List<String> senders) {

    public Conversation {
      senders = List.copyOf(senders);
    }
  }
}
