package io.parley.notification.push;

import io.parley.notification.device.Channel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/**
 * Hands each push to the sender of its device's channel; the channels do not wait for each other.
 */
@Component
@Primary
class ChannelSenders implements PushSender {

  private final Map<Channel, ChannelSender> senders = new EnumMap<>(Channel.class);

  /**
   * @throws IllegalStateException when a channel has not exactly one sender
   */
  ChannelSenders(List<ChannelSender> all) {
    all.forEach(sender -> senders.put(sender.channel(), sender));
    if (senders.size() != Channel.values().length || all.size() != senders.size()) {
      throw new IllegalStateException("not one sender for each channel: " + all);
    }
  }

  @Override
  public List<PushResult> send(List<Push> pushes) {
    Map<Channel, List<Integer>> places = new EnumMap<>(Channel.class);
    for (int i = 0; i < pushes.size(); i++) {
      places.computeIfAbsent(pushes.get(i).device().channel(), channel -> new ArrayList<>()).add(i);
    }
    if (places.size() == 1) {
      return sender(places.keySet().iterator().next()).send(pushes);
    }
    Map<Integer, PushResult> results = new HashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<Channel, Future<List<PushResult>>> answers = new EnumMap<>(Channel.class);
      places.forEach(
          (channel, at) -> {
            List<Push> mine = at.stream().map(pushes::get).toList();
            answers.put(channel, threads.submit(() -> sender(channel).send(mine)));
          });
      answers.forEach(
          (channel, answer) -> {
            List<Integer> at = places.getOrDefault(channel, List.of());
            List<PushResult> some = results(answer, at.stream().map(pushes::get).toList());
            for (int i = 0; i < at.size(); i++) {
              results.put(at.get(i), some.get(i));
            }
          });
    }
    List<PushResult> ordered = new ArrayList<>(pushes.size());
    for (int i = 0; i < pushes.size(); i++) {
      PushResult result = results.get(i);
      ordered.add(
          result == null
              ? PushResult.of(pushes.get(i).device().id(), Outcome.DEFERRED, "UNKNOWN")
              : result);
    }
    return ordered;
  }

  /** A channel that fails as a whole does not take the others' results along. */
  private static List<PushResult> results(Future<List<PushResult>> answer, List<Push> pushes) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return deferred(pushes, "INTERRUPTED");
    } catch (ExecutionException e) {
      return deferred(pushes, "UNKNOWN");
    }
  }

  private static List<PushResult> deferred(List<Push> pushes, String error) {
    return pushes.stream()
        .map(push -> PushResult.of(push.device().id(), Outcome.DEFERRED, error))
        .toList();
  }

  private ChannelSender sender(Channel channel) {
    ChannelSender sender = senders.get(channel);
    if (sender == null) {
      throw new IllegalStateException("no sender for " + channel);
    }
    return sender;
  }

  @Override
  public @Nullable String destination() {
    return destination(Channel.FCM);
  }

  /** Null when the channel is off. */
  @Nullable String destination(Channel channel) {
    return sender(channel).destination();
  }
}
