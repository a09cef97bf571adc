package io.parley.message.traces;

import io.parley.common.traces.Span;
import io.parley.common.traces.Traces;
import io.parley.message.stomp.StompFrame;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * A trace for each SEND frame. The {@code traceparent} of a client becomes a link, and decides
 * nothing here: else a client could have all of its frames kept, or put them into a trace that is
 * somebody else's.
 */
@Component
public class FrameSpans {

  private static final Pattern CONVERSATION =
      Pattern.compile(
          "/app/conversations/([0-9a-f-]{36})/(?:(messages|read|typing)|messages/\\d{1,18}/delete)");

  private static final String SESSION = "/app/session/renew";

  private final Traces traces;

  FrameSpans(Traces traces) {
    this.traces = traces;
  }

  /**
   * @param send a SEND frame
   */
  public Span begin(StompFrame send) {
    if (traces == Traces.OFF) {
      return Span.NONE;
    }
    String destination = String.valueOf(send.word("destination"));
    Matcher conversation = CONVERSATION.matcher(destination);
    boolean isOfOne = conversation.matches();
    String template = isOfOne ? template(conversation) : destination;
    // What a client sends to that is not there could be anything.
    boolean isKnown = isOfOne || destination.equals(SESSION);
    return traces
        .beginLinked(
            Span.Kind.SERVER, isKnown ? "SEND " + template : "SEND", send.word(Traces.HEADER))
        .set("network.protocol.name", "stomp")
        .set("messaging.destination.template", isKnown ? template : null)
        .set("parley.conversation", isOfOne ? conversation.group(1) : null);
  }

  private static String template(Matcher conversation) {
    String what = conversation.group(2);
    return "/app/conversations/{id}/" + (what == null ? "messages/{seq}/delete" : what);
  }
}
