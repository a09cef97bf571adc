package io.parley.systemtests.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a fake FCM has taken, each push once. */
final class TakenPushes {

  /** It keeps no more. */
  private static final int MOST = 10_000;

  private static final int MORE_THAN_LAST_TIME = 500;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI fcm;
  private final Set<String> known = new HashSet<>();
  private int limit = MORE_THAN_LAST_TIME;

  TakenPushes(URI fcm) {
    this.fcm = fcm;
  }

  /** What was taken before now is none of ours. */
  void forget() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(fcm.resolve("/pushes")).DELETE().build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 204) {
      throw new IOException(fcm + " is no fake FCM: " + answer.statusCode());
    }
    known.clear();
  }

  /**
   * Those since the last call, in no order.
   *
   * @throws IOException also when it has forgotten some of them already
   */
  List<TakenPush> next() throws IOException, InterruptedException {
    while (true) {
      List<JsonNode> items = newest(limit);
      List<TakenPush> fresh = new ArrayList<>();
      for (JsonNode item : items) {
        if (known.add(item.path("name").asString())) {
          fresh.add(TakenPush.of(item));
        }
      }
      if (fresh.size() < limit) {
        limit = Math.min(MOST, 2 * fresh.size() + MORE_THAN_LAST_TIME);
        return fresh;
      }
      if (limit == MOST) {
        throw new IOException("the fake FCM takes more than can be counted");
      }
      fresh.forEach(push -> known.remove(push.name()));
      limit = MOST;
    }
  }

  private List<JsonNode> newest(int count) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(fcm.resolve("/pushes?limit=" + count)).build();
    HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    List<JsonNode> items = new ArrayList<>();
    JSON.readTree(answer.body()).get("items").forEach(items::add);
    return items;
  }
}
