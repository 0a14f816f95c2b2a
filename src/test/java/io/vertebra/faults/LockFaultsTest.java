package io.vertebra.faults;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.Violation;
import io.vertebra.testkit.linear.Checker;
import io.vertebra.testkit.linear.History;
import io.vertebra.testkit.linear.Operation;
import io.vertebra.testkit.linear.Register;
import io.vertebra.testkit.linear.Tokens;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients contend for a lock and write to a register while they think that they hold it; some stand
 * still for longer than their lease first.
 */
@Tag("slow")
@Timeout(900)
final class LockFaultsTest {
  private static final int CLIENTS = 50;
  private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("locks.seconds", 300));
  private static final Duration UNFENCED_TIME = Duration.ofSeconds(40);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  /** A write that was accepted. */
  private record Written(long revision, long token) {}

  /** What all clients saw. */
  private record Seen(
      Queue<Written> written,
      History<Tokens.Ask, Long> grants,
      History<Register.Input, Register.Output> register) {

    Seen() {
      this(new ConcurrentLinkedQueue<>(), new History<>(), new History<>());
    }

    void verify() {
      new Checker<>(new Tokens()).verify(grants);
      new Checker<>(new Register()).verify(register);
    }
  }

  @Test
  void neverLetsAnOvertakenHolderWriteUnderItsFence() throws Exception {
    try (ThreeNodes nodes = ThreeNodes.start(new VertebraNode(), new Loopback(), folder)) {
      List<Written> written =
          contend(
              nodes,
              true,
              TIME,
              Faults.KILL_LEADER,
              Faults.KILL_FOLLOWER,
              Faults.SUSPEND_LEADER,
              Faults.SUSPEND_FOLLOWER);
      Violation.unless(() -> assertThat(backwards(written)).isEmpty());
      assertThat(written).hasSizeGreaterThan((int) TIME.toSeconds() / 6);
    }
  }

  @Test
  void neverDoesWhenTheNetworkFails() throws Exception {
    Network network = Namespaces.open();
    try (ThreeNodes nodes = ThreeNodes.start(new VertebraNode(), network, folder)) {
      List<Written> written =
          contend(nodes, true, TIME, Faults.CUT_OFF_LEADER, Faults.CUT_OFF_FOLLOWER);
      Violation.unless(() -> assertThat(backwards(written)).isEmpty());
    }
  }

  @Test
  void withoutFencesAnOvertakenHolderIsSeenToWrite() throws Exception {
    try (ThreeNodes nodes = ThreeNodes.start(new VertebraNode(), new Loopback(), folder)) {
      assertThat(backwards(contend(nodes, false, UNFENCED_TIME, Faults.SUSPEND_FOLLOWER)))
          .isNotEmpty();
    }
  }

  /** Writes of a lesser token after a greater one. */
  private static List<Written> backwards(List<Written> written) {
    List<Written> ordered = new ArrayList<>(written);
    ordered.sort(Comparator.comparingLong(Written::revision));
    List<Written> wrong = new ArrayList<>();
    long greatest = 0;
    for (Written each : ordered) {
      if (each.token() < greatest) {
        wrong.add(each);
      }
      greatest = Math.max(greatest, each.token());
    }
    return wrong;
  }

  private static List<Written> contend(
      ThreeNodes nodes, boolean fenced, Duration time, Faults... faults) throws Exception {
    long seed = new Random().nextInt(1_000_000);
    System.out.println("locks fenced=" + fenced + " seed=" + seed);
    Random random = new Random(seed);
    Seen seen = new Seen();
    long end = System.nanoTime() + time.toNanos();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Contender contender = new Contender(nodes.urls(), i, fenced, new Random(seed + i), seen);
      Thread thread = new Thread(() -> contender.run(end), "contender-" + i);
      thread.start();
      threads.add(thread);
    }
    try (Workload load = new Workload(nodes.stores(), "beside/", seed)) {
      while (System.nanoTime() < end) {
        Faults fault = faults[random.nextInt(faults.length)];
        System.out.println("fault=" + fault + " written=" + seen.written().size());
        fault.happen(nodes, load);
        nodes.awaitService();
      }
    }
    for (Thread thread : threads) {
      thread.join(TimeUnit.MINUTES.toMillis(1));
      assertThat(thread.isAlive()).isFalse();
    }
    nobodyIsForgotten(nodes.urls().get(0));
    Violation.unless(seen::verify);
    return List.copyOf(seen.written());
  }

  private static void nobodyIsForgotten(String url) {
    within(
        Duration.ofSeconds(40),
        () -> {
          try {
            JsonObject state = Contender.ask("GET", url + "/locks/contended", Map.of(), "").json();
            assertThat(state.getInteger("waiting")).isZero();
            assertThat(state.getBoolean("held")).isFalse();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** One who gets the lock, writes, reads and gives it back, again and again. */
  private record Contender(
      List<String> urls, int number, boolean fenced, Random random, Seen seen) {
    private static final long LEASE_MS = 1_000;
    private static final String LOCK = "contended";
    private static final String REGISTER = "fenced-register";

    void run(long end) {
      while (System.nanoTime() < end) {
        try {
          once(urls.get(random.nextInt(urls.size())));
        } catch (IOException lost) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(200)));
        }
      }
    }

    private void once(String url) throws IOException {
      String owner = "client-" + number;
      JsonObject request =
          new JsonObject().put("owner", owner).put("leaseMs", LEASE_MS).put("waitMs", 4_000);
      String lock = url + "/locks/" + LOCK;
      long invoked = System.nanoTime();
      Http.Answer grant = ask("PUT", lock, Map.of(), request.encode());
      if (grant.status() != 200) {
        return;
      }
      long token = grant.json().getLong("token");
      seen.grants()
          .add(
              Operation.done(
                  number, LOCK, new Tokens.Ask(owner), token, invoked, System.nanoTime()));
      boolean stalls = random.nextInt(20) == 0;
      if (stalls) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2 * LEASE_MS));
      }
      write(url, token, grant.json().getString("fence"));
      if (random.nextInt(4) == 0) {
        read(url);
      }
      String query = "?owner=" + owner + "&token=" + token;
      Http.Answer unused = ask("DELETE", lock + query, Map.of(), "");
    }

    private void write(String url, long token, String fence) throws IOException {
      Map<String, String> headers = fenced ? Map.of("If-Fence", fence) : Map.of();
      String value = Long.toString(token);
      String body = new JsonObject().put("text", value).encode();
      Register.Put put = new Register.Put(value);
      long invoked = System.nanoTime();
      Http.Answer answer;
      try {
        answer = ask("PUT", url + "/kv/" + REGISTER, headers, body);
      } catch (IOException lost) {
        seen.register().add(Operation.unknown(number, REGISTER, put, invoked));
        throw lost;
      }
      if (answer.status() == 200) {
        long revision = answer.json().getLong("revision");
        seen.written().add(new Written(revision, token));
        add(put, new Register.Written(revision), invoked);
      } else if (answer.status() >= 500 && answer.status() != 503) {
        seen.register().add(Operation.unknown(number, REGISTER, put, invoked));
      }
    }

    private void read(String url) throws IOException {
      long invoked = System.nanoTime();
      Http.Answer answer = ask("GET", url + "/kv/" + REGISTER, Map.of(), "");
      if (answer.status() == 200) {
        JsonObject found = answer.json();
        Register.Output output =
            new Register.Found(found.getString("text"), found.getLong("modRevision"));
        add(new Register.Get(), output, invoked);
      } else if (answer.status() == 404) {
        add(new Register.Get(), new Register.Absent(), invoked);
      }
    }

    private void add(Register.Input input, Register.Output output, long invoked) {
      seen.register()
          .add(Operation.done(number, REGISTER, input, output, invoked, System.nanoTime()));
    }

    static Http.Answer ask(String method, String url, Map<String, String> more, String body)
        throws IOException {
      Map<String, String> headers = new HashMap<>(more);
      headers.put("Authorization", "Bearer " + VertebraNode.TOKEN);
      if (!body.isEmpty()) {
        headers.put("Content-Type", "application/json");
      }
      return Http.ask(method, url, headers, body);
    }
  }
}
