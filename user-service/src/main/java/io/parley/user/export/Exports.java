package io.parley.user.export;

import io.parley.common.access.Caller;
import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.images.Avatar;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import io.parley.user.account.OwnAccountView;
import io.parley.user.audit.Audit;
import io.parley.user.audit.AuditTrail;
import io.parley.user.avatar.Avatars;
import io.parley.user.personaltoken.PersonalAccessTokens;
import io.parley.user.privacy.Privacy;
import io.parley.user.relation.Blocks;
import io.parley.user.relation.Contacts;
import io.parley.user.relation.RelatedView;
import io.parley.user.session.Sessions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes archives. What this service holds is small; the other parts are passed on as they come,
 * whatever their size. Each is read as JSON on its way: a part that stops in the middle is noticed
 * even if the connection ended in good order.
 */
@Service
class Exports {

  private static final int PAGE = 200;

  private final Accounts accounts;
  private final Avatars avatars;
  private final Privacy privacy;
  private final Contacts contacts;
  private final Blocks blocks;
  private final Sessions sessions;
  private final PersonalAccessTokens tokens;
  private final AuditTrail trail;
  private final Audit audit;
  private final FleetParts fleet;
  private final ExportStore store;
  private final ExportProperties properties;
  private final JsonMapper json;
  private final Clock clock;

  Exports(
      Accounts accounts,
      Avatars avatars,
      Privacy privacy,
      Contacts contacts,
      Blocks blocks,
      Sessions sessions,
      PersonalAccessTokens tokens,
      AuditTrail trail,
      Audit audit,
      FleetParts fleet,
      ExportStore store,
      ExportProperties properties,
      JsonMapper json,
      Clock clock) {
    this.accounts = accounts;
    this.avatars = avatars;
    this.privacy = privacy;
    this.contacts = contacts;
    this.blocks = blocks;
    this.sessions = sessions;
    this.tokens = tokens;
    this.trail = trail;
    this.audit = audit;
    this.fleet = fleet;
    this.store = store;
    this.properties = properties;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Makes sure that an archive can be made, then says so to {@code begin}, which gives the stream.
   *
   * @throws ProblemException before the stream is asked for: 429 {@code rate-limited}, 503 {@code
   *     export-unavailable}
   * @throws IOException the archive is broken off in the middle
   */
  void write(Caller caller, StreamSource begin) throws IOException {
    UserId user = caller.id();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    store.last(user).ifPresent(last -> requireOver(last, now));
    try (FleetParts.Parts parts = fleet.open(user)) {
      if (!store.take(user, now, now.minus(properties.every()))) {
        throw limited(properties.every());
      }
      audit.record(user, "account.exported", "user", user.toString(), Map.of());
      try {
        write(caller, now, parts, begin.open());
      } catch (PartBroken e) {
        // Not the user's fault.
        store.giveBack(user, now);
        throw e;
      }
    }
  }

  private void requireOver(Instant last, Instant now) {
    Duration wait = Duration.between(now, last.plus(properties.every()));
    if (wait.isPositive()) {
      throw limited(wait);
    }
  }

  private static ProblemException limited(Duration wait) {
    return new ProblemException(
        CommonProblem.RATE_LIMITED,
        "An archive was made a short while ago",
        Map.of("limiter", "export", "retryAfter", Math.max(1, wait.toSeconds())));
  }

  private void write(Caller caller, Instant now, FleetParts.Parts parts, OutputStream out)
      throws IOException {
    UserId user = caller.id();
    // Not closed when something fails: closing would give a broken archive a proper end.
    ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
    List<String> files = new ArrayList<>();
    Account account = accounts.get(user);
    OwnAccountView view = OwnAccountView.of(account);
    put(zip, files, "account.json", Map.of("account", view, "privacy", privacy.get(user)));
    put(zip, files, "sessions.json", sessions.list(caller));
    put(zip, files, "tokens.json", tokens.list(user));
    put(zip, files, "bots.json", accounts.botsOf(user).stream().map(OwnAccountView::of).toList());
    put(zip, files, "contacts.json", all(cursor -> contacts.list(user, PAGE, cursor)));
    put(zip, files, "blocks.json", all(cursor -> blocks.list(user, PAGE, cursor)));
    putAudit(zip, files, user);
    Optional<Avatar> avatar = avatars.find(user);
    if (avatar.isPresent()) {
      begin(zip, files, "avatar.png");
      zip.write(avatar.get().png());
      zip.closeEntry();
    }
    for (String service : parts.services()) {
      begin(zip, files, service + ".json");
      copy(service, parts.body(service), zip);
      zip.closeEntry();
    }
    // Last: an archive that has it is whole.
    put(
        zip,
        new ArrayList<>(),
        "manifest.json",
        Map.of("user", user, "exportedAt", now, "files", files));
    zip.finish();
    zip.flush();
  }

  private void put(ZipOutputStream zip, List<String> files, String name, Object content)
      throws IOException {
    begin(zip, files, name);
    zip.write(json.writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
    zip.closeEntry();
  }

  private static void begin(ZipOutputStream zip, List<String> files, String name)
      throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    files.add(name);
  }

  private static List<RelatedView> all(Function<@Nullable String, Page<RelatedView>> pages) {
    List<RelatedView> all = new ArrayList<>();
    String cursor = null;
    do {
      Page<RelatedView> page = pages.apply(cursor);
      all.addAll(page.items());
      cursor = page.next();
    } while (cursor != null);
    return all;
  }

  private void putAudit(ZipOutputStream zip, List<String> files, UserId user) throws IOException {
    begin(zip, files, "audit.json");
    try (JsonGenerator generator = generator(zip)) {
      generator.writeStartArray();
      trail.about(user, entry -> generator.writePOJO(entry));
      generator.writeEndArray();
    } catch (JacksonIOException e) {
      throw new IOException(e);
    }
    zip.closeEntry();
  }

  /** One JSON object, with nothing behind it. */
  private void copy(String service, InputStream in, ZipOutputStream zip) throws IOException {
    try (JsonParser parser = json.createParser(in);
        JsonGenerator generator = generator(zip)) {
      if (next(service, parser) != JsonToken.START_OBJECT) {
        throw new PartBroken(service + " did not send an object");
      }
      int depth = 0;
      do {
        generator.copyCurrentEventExact(parser);
        JsonToken token = parser.currentToken();
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (next(service, parser) == null && depth > 0) {
          throw new PartBroken(service + " broke off");
        }
      } while (depth > 0);
      if (parser.currentToken() != null) {
        throw new PartBroken(service + " sent more than an object");
      }
    } catch (JacksonIOException e) {
      throw new IOException(e);
    }
  }

  /** The whole token: what fails to be read fails here, what fails later is the writing. */
  private static @Nullable JsonToken next(String service, JsonParser parser) throws PartBroken {
    try {
      JsonToken token = parser.nextToken();
      parser.finishToken();
      return token;
    } catch (JacksonException e) {
      throw new PartBroken(service + " broke off: " + e.getClass().getSimpleName());
    }
  }

  private JsonGenerator generator(OutputStream out) {
    return json.writer()
        .without(StreamWriteFeature.AUTO_CLOSE_TARGET)
        .without(StreamWriteFeature.AUTO_CLOSE_CONTENT)
        .without(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
        .createGenerator(out);
  }

  /** Gives the stream of an answer that begins with it. */
  interface StreamSource {

    OutputStream open() throws IOException;
  }

  /** Another service failed in the middle of its part. */
  static final class PartBroken extends IOException {

    private static final long serialVersionUID = 1L;

    PartBroken(String message) {
      super(message);
    }
  }
}
