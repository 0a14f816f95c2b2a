package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.kv.Replica;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two groups on one server, each with a life of its own. */
@Timeout(90)
final class TwoGroupsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final CountingReplica first = new CountingReplica();
  private final FailingReplica second = new FailingReplica();
  private RaftEngine one;
  private RaftEngine other;

  /** Cannot keep its state once, when it is told so. */
  private static final class FailingReplica implements Replica {
    private volatile CountingReplica inner = new CountingReplica();
    private volatile Optional<String> fault = Optional.empty();
    private volatile boolean failed;

    @Override
    public byte[] apply(long term, ByteBuffer entry) {
      String text = StandardCharsets.UTF_8.decode(entry.duplicate()).toString();
      if (text.equals("fail") && !failed) {
        failed = true;
        fault = Optional.of("on purpose");
        throw new IllegalStateException("on purpose");
      }
      return inner.apply(term, entry);
    }

    @Override
    public byte[] answer(ByteBuffer question) {
      return inner.answer(question);
    }

    @Override
    public Image image() {
      return inner.image();
    }

    @Override
    public void load(InputStream image) throws IOException {
      inner.load(image);
    }

    @Override
    public Optional<String> fault() {
      return fault;
    }

    @Override
    public void reset() {
      inner = new CountingReplica();
      fault = Optional.empty();
    }

    @Override
    public void leading(long term) {
      inner.leading(term);
    }
  }

  @BeforeEach
  void open() {
    JsonObject options =
        new JsonObject().put("folder", folder.toString()).put("port", 0).put("minFreeBytes", 0);
    Peer self = new Peer(1, "127.0.0.1:0");
    RaftHost host = new RaftHost(RaftOptions.from(Fields.of(options)), self);
    Group group = new Group(7, List.of(self));
    one = new RaftEngine(host, "kv", folder, group, meters, System::nanoTime);
    Path beside = folder.resolve("queue");
    other = new RaftEngine(host, "queue", beside, group.queues(), meters, System::nanoTime);
    Trio.await(one.open(first));
    Trio.await(other.open(second));
  }

  @AfterEach
  void close() {
    Trio.await(other.close());
    Trio.await(one.close());
  }

  private static String propose(RaftEngine engine, String entry) {
    return CountingReplica.text(Trio.await(engine.propose(CountingReplica.bytes(entry), DEADLINE)));
  }

  private double elections(String group) {
    return meters.get("vertebra.raft.elections").tag("group", group).counter().count();
  }

  @Test
  void eachHasItsOwnEntries() {
    assertThat(propose(one, "a")).isEqualTo("1");
    assertThat(propose(other, "b")).isEqualTo("1");
    assertThat(first.entries()).containsExactly("a");
    assertThat(second.inner.entries()).containsExactly("b");
  }

  @Test
  void aStateThatCannotBeKeptIsMadeAnewWhileTheOtherGroupGoesOn() {
    assertThat(propose(one, "a")).isEqualTo("1");
    assertThat(propose(other, "b")).isEqualTo("1");
    double before = elections("kv");
    var failing = other.propose(CountingReplica.bytes("fail"), DEADLINE);
    within(LIMIT, () -> assertThat(second.failed).isTrue());
    assertThat(propose(one, "c")).isEqualTo("2");
    within(LIMIT, () -> assertThat(second.inner.entries()).contains("b", "fail"));
    within(LIMIT, () -> assertThat(other.status().writable()).isTrue());
    assertThat(propose(other, "d")).isNotEmpty();
    assertThat(failing.toCompletableFuture()).isNotNull();
    assertThat(elections("kv")).isEqualTo(before);
    assertThat(first.entries()).containsExactly("a", "c");
  }

  @Test
  void eitherMayBeClosedFirst() {
    assertThat(propose(other, "b")).isEqualTo("1");
    Trio.await(one.close());
    assertThat(propose(other, "c")).isEqualTo("2");
  }
}
