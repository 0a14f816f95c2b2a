package io.vertebra.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * What senders and receivers of queues saw, and whether it is as promised. Times are of {@link
 * System#nanoTime}. Every message has a name of its own: the key and its place among the messages
 * of that key, which are sent one after the other; or no key at all.
 */
final class QueueHistory {
  private final Queue<Sent> sent = new ConcurrentLinkedQueue<>();
  private final Queue<Delivered> delivered = new ConcurrentLinkedQueue<>();
  private final Queue<Acked> acked = new ConcurrentLinkedQueue<>();

  /** A message, whether it was taken or not. */
  record Name(String queue, String key, int place, boolean ordered) {
    Name before() {
      return new Name(queue, key, place - 1, ordered);
    }

    String body() {
      return (ordered ? "o" : "u") + "/" + key + "/" + place;
    }

    static Name of(String queue, String body) {
      String[] parts = body.split("/", -1);
      return new Name(queue, parts[1], Integer.parseInt(parts[2]), parts[0].equals("o"));
    }
  }

  /** A message that was taken. */
  record Sent(Name name, String id) {}

  /** A message that came in an answer to a request that was made at {@code invoked}. */
  record Delivered(Name name, String group, String id, int attempts, long invoked, long returned) {
    Copy copy() {
      return new Copy(name, group);
    }
  }

  /** What an acknowledgement was answered with. */
  enum Answer {
    DONE,
    FENCED,
    UNKNOWN
  }

  /** An acknowledgement of the delivery with that number of attempts. */
  record Acked(Name name, String group, int attempts, Answer answer, long invoked, long returned) {
    Copy copy() {
      return new Copy(name, group);
    }
  }

  /** A message as one group sees it. */
  record Copy(Name name, String group) {
    Copy before() {
      return new Copy(name.before(), group);
    }
  }

  void add(Sent taken) {
    sent.add(taken);
  }

  void add(Delivered came) {
    delivered.add(came);
  }

  void add(Acked settled) {
    acked.add(settled);
  }

  /** Messages that were taken and that a group did not get yet, or did not acknowledge. */
  List<Copy> open(Collection<String> groups) {
    Set<Copy> over =
        acked.stream()
            .filter(ack -> ack.answer() != Answer.FENCED)
            .map(Acked::copy)
            .collect(Collectors.toSet());
    return sent.stream()
        .flatMap(message -> groups.stream().map(group -> new Copy(message.name(), group)))
        .filter(copy -> !over.contains(copy))
        .toList();
  }

  /** Throws what was not as promised, after all messages had time to be delivered. */
  void verify(Collection<String> groups) {
    everyMessageIsDelivered(groups);
    nothingIsTwice();
    nothingComesAfterItsAck();
    keysAreInOrder();
  }

  private void everyMessageIsDelivered(Collection<String> groups) {
    Set<Copy> came = delivered.stream().map(Delivered::copy).collect(Collectors.toSet());
    List<Copy> missing = new ArrayList<>();
    for (Sent message : sent) {
      for (String group : groups) {
        Copy copy = new Copy(message.name(), group);
        if (!came.contains(copy)) {
          missing.add(copy);
        }
      }
    }
    assertThat(missing).as("acknowledged but never delivered").isEmpty();
  }

  private void nothingIsTwice() {
    Map<Name, Set<String>> ids = new HashMap<>();
    sent.forEach(message -> add(ids, message.name(), message.id()));
    delivered.forEach(message -> add(ids, message.name(), message.id()));
    ids.values().removeIf(each -> each.size() == 1);
    assertThat(ids).as("one message under several ids").isEmpty();
  }

  private static void add(Map<Name, Set<String>> ids, Name name, String id) {
    ids.computeIfAbsent(name, first -> new HashSet<>()).add(id);
  }

  /**
   * An acknowledgement that was taken was of the last delivery: none is asked for later and still
   * given, and none had superseded it.
   */
  private void nothingComesAfterItsAck() {
    Map<Copy, List<Acked>> done =
        acked.stream()
            .filter(ack -> ack.answer() == Answer.DONE)
            .collect(Collectors.groupingBy(Acked::copy));
    for (Delivered came : delivered) {
      for (Acked ack : done.getOrDefault(came.copy(), List.of())) {
        assertThat(came.invoked() > ack.returned())
            .as("%s delivered after %s", came, ack)
            .isFalse();
        assertThat(came.attempts() > ack.attempts())
            .as("%s supersedes what was acknowledged by %s", came, ack)
            .isFalse();
      }
    }
  }

  /** A message of a key comes once the group may be done with the one before, and not after it. */
  private void keysAreInOrder() {
    Map<Copy, Long> first = new HashMap<>();
    Map<Copy, Long> lastAsked = new HashMap<>();
    for (Delivered came : delivered) {
      first.merge(came.copy(), came.returned(), Math::min);
      lastAsked.merge(came.copy(), came.invoked(), Math::max);
    }
    Map<Copy, Long> over = new HashMap<>();
    acked.stream()
        .filter(ack -> ack.answer() != Answer.FENCED)
        .forEach(ack -> over.merge(ack.copy(), ack.invoked(), Math::min));
    first.forEach(
        (copy, time) -> {
          if (copy.name().ordered() && copy.name().place() > 0) {
            Copy before = copy.before();
            assertThat(over.getOrDefault(before, Long.MAX_VALUE))
                .as("%s delivered before %s was acknowledged", copy, before)
                .isLessThan(time);
            assertThat(lastAsked.getOrDefault(before, Long.MIN_VALUE))
                .as("%s delivered after %s", before, copy)
                .isLessThan(time);
          }
        });
  }

  int messages() {
    return sent.size();
  }

  /** What happened how often. */
  @Override
  public String toString() {
    Map<String, Long> counts = new TreeMap<>();
    counts.put("sent", (long) sent.size());
    counts.put("deliveries", (long) delivered.size());
    counts.put("again", delivered.stream().filter(came -> came.attempts() > 1).count());
    for (Answer answer : Answer.values()) {
      counts.put("acks " + answer, acked.stream().filter(a -> a.answer() == answer).count());
    }
    return counts.toString();
  }
}
