package io.vertebra.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.spill.ValueFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** A store with its values in files against the same with them in memory. */
final class SpillingStateTest {
  private static final int SEGMENT = 64;

  private Path folder;
  private ValueFolder values;
  private KvReplica spilling;
  private KvReplica plain;

  @BeforeTry
  void open() throws IOException {
    folder = Files.createTempDirectory("values");
    values = new ValueFolder(folder, SEGMENT, 3);
    spilling = new KvReplica(() -> 0, KvGroup.inMemory(), values, 1);
    plain = Proposals.replica();
  }

  @AfterTry
  void removeTheFiles() throws IOException {
    spilling.reset();
    assertThat(folder).isEmptyDirectory();
    Files.delete(folder);
  }

  @Property(tries = 300)
  void answersTellsAndSavesTheSame(@ForAll long seed) {
    Random random = new Random(seed);
    RandomCommands commands = new RandomCommands(random);
    Proposals one = new Proposals(spilling);
    Proposals other = new Proposals(plain);
    WatchRequest all = new WatchRequest(KeyRange.ALL, 0, true, Duration.ZERO);
    Cursor told = spilling.watches().open(all);
    Cursor expected = plain.watches().open(all);
    for (int i = 0; i < 60; i++) {
      Command command = commands.command(plain.state().revision());
      assertThat(one.send(command)).isEqualTo(other.send(command));
      RangeRequest request = commands.request(0);
      assertThat(spilling.state().range(request)).isEqualTo(plain.state().range(request));
      spilling
          .state()
          .rangeInMemory(request)
          .ifPresent(found -> assertThat(found).isEqualTo(plain.state().range(request)));
      var batch = expected.next().toCompletableFuture();
      assertThat(told.next().toCompletableFuture().getNow(null)).isEqualTo(batch.getNow(null));
      told = spilling.watches().open(all);
      expected = plain.watches().open(all);
    }
    assertThat(Proposals.image(spilling)).isEqualTo(Proposals.image(plain));
  }

  @Property(tries = 200)
  void goesOnFromAnImageAndHoldsNoMoreThanIsNeeded(@ForAll long seed) {
    Proposals one = new Proposals(spilling);
    new RandomCommands(new Random(seed)).some(60).forEach(one::send);
    one.send(Proposals.put("last", "x"));
    one.send(new Command.Compact(spilling.state().revision()));
    byte[] image = Proposals.image(spilling);
    long needed = needed();
    assertThat(values.liveBytes()).isEqualTo(needed);
    load(spilling, image);
    assertThat(Proposals.image(spilling)).isEqualTo(image);
    assertThat(values.liveBytes()).isEqualTo(needed);
    byte[] damaged = image.clone();
    damaged[damaged.length - 1]++;
    assertThat(loads(spilling, damaged)).isFalse();
    assertThat(values.liveBytes()).isEqualTo(needed);
  }

  @Property(tries = 100)
  void anImageCanStillBeReadWhenAnotherTookItsPlace(@ForAll long seed) throws IOException {
    Proposals one = new Proposals(spilling);
    new RandomCommands(new Random(seed)).some(60).forEach(one::send);
    byte[] before = Proposals.image(spilling);
    try (Replica.Image image = spilling.image()) {
      one.send(Proposals.put("a", "other"));
      one.send(new Command.Compact(spilling.state().revision()));
      load(spilling, Proposals.image(spilling));
      assertThat(image.open().readAllBytes()).isEqualTo(before);
    }
    assertThat(values.liveBytes()).isEqualTo(needed());
  }

  private long needed() {
    List<KvEntry> entries = spilling.state().range(RangeRequest.all(KeyRange.ALL)).entries();
    return entries.stream()
        .mapToLong(entry -> entry.value().length())
        .filter(length -> length > 0)
        .map(length -> length + 4)
        .sum();
  }

  private static boolean loads(KvReplica replica, byte[] image) {
    try {
      replica.load(new java.io.ByteArrayInputStream(image));
      return true;
    } catch (IOException damaged) {
      return false;
    }
  }

  private static void load(KvReplica replica, byte[] image) {
    try {
      replica.load(new java.io.ByteArrayInputStream(image));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
