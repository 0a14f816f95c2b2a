package io.vertebra.kv.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ValueFilesTest {
  private static final int SEGMENT = 4_096;

  @TempDir Path folder;

  private ValueFolder opened() throws IOException {
    ValueFolder values = new ValueFolder(folder, SEGMENT, 2);
    values.clear();
    return values;
  }

  private static byte[] bytes(Random random, int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  private long onDisk() {
    try (Stream<Path> files = Files.list(folder)) {
      long sum = 0;
      for (Path file : files.toList()) {
        sum += Files.size(file);
      }
      return sum;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Property(tries = 200)
  void holdsWhatAMapWouldHold(@ForAll long seed) throws IOException {
    Path place = Files.createTempDirectory("values");
    Random random = new Random(seed);
    ValueFolder values = new ValueFolder(place, SEGMENT, 2);
    values.clear();
    ValueFiles files = values.files();
    Map<StoredValue, byte[]> model = new IdentityHashMap<>();
    Map<StoredValue, Integer> uses = new IdentityHashMap<>();
    for (int i = 0; i < 400; i++) {
      step(random, files, model, uses);
      long needed = model.values().stream().mapToLong(each -> each.length + 4L).sum();
      assertThat(values.liveBytes()).isEqualTo(needed);
    }
    model.forEach((value, bytes) -> assertThat(value.array()).isEqualTo(bytes));
    files.tidy(Integer.MAX_VALUE);
    model.forEach((value, bytes) -> assertThat(value.array()).isEqualTo(bytes));
    assertThat(values.deadBytes()).isLessThanOrEqualTo(values.liveBytes() + 3 * SEGMENT);
    assertThat(values.openFiles()).isLessThanOrEqualTo(2);
    files.retire();
    assertThat(values.liveBytes() + values.deadBytes() + values.segments()).isZero();
    assertThat(place).isEmptyDirectory();
    Files.delete(place);
  }

  private static void step(
      Random random,
      ValueFiles files,
      Map<StoredValue, byte[]> model,
      Map<StoredValue, Integer> uses) {
    List<StoredValue> held = new ArrayList<>(model.keySet());
    int what = held.isEmpty() ? 0 : random.nextInt(8);
    StoredValue one = held.isEmpty() ? null : held.get(random.nextInt(held.size()));
    if (one == null || what < 3) {
      byte[] bytes = bytes(random, 600);
      StoredValue value = files.write(bytes);
      model.put(value, bytes);
      uses.put(value, 1);
    } else if (what == 3) {
      files.retain(one);
      uses.merge(one, 1, Integer::sum);
    } else if (what < 7) {
      files.release(one);
      if (uses.merge(one, -1, Integer::sum) == 0) {
        model.remove(one);
        uses.remove(one);
      }
    } else {
      files.tidy(random.nextInt(2_000));
    }
    if (one != null && model.containsKey(one)) {
      assertThat(one.array()).isEqualTo(model.get(one));
    }
  }

  @Test
  void givesTheDiskBackWhenAllIsLetGoOf() throws IOException {
    ValueFolder values = opened();
    ValueFiles files = values.files();
    List<StoredValue> held = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      held.add(files.write(new byte[1_024]));
    }
    assertThat(onDisk()).isGreaterThan(1_000_000);
    held.forEach(files::release);
    assertThat(onDisk()).isLessThan(SEGMENT / 2);
    assertThatThrownBy(held.get(0)::array).isInstanceOf(ValueGoneException.class);
  }

  @Test
  void rewritesWhatIsMostlyDeadLittleByLittle() throws IOException {
    ValueFolder values = opened();
    ValueFiles files = values.files();
    List<StoredValue> kept = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      StoredValue value = files.write(new byte[1_000]);
      if (i % 10 == 0) {
        kept.add(value);
      } else {
        files.release(value);
      }
    }
    long before = onDisk();
    files.tidy(0);
    for (int i = 0; i < 200; i++) {
      long room = onDisk();
      files.tidy(2_000);
      assertThat(onDisk()).isLessThanOrEqualTo(room + 3_100);
    }
    assertThat(onDisk()).isLessThan(before / 4);
    kept.forEach(value -> assertThat(value.array()).hasSize(1_000));
  }

  @Test
  void isReadWhileItIsMovedDroppedAndClosed() throws IOException {
    ValueFolder values = opened();
    ValueFiles files = values.files();
    StoredValue watched = files.write(bytes(new Random(1), 2_000));
    byte[] expected = watched.array();
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Integer> reader =
        CompletableFuture.supplyAsync(
            () -> {
              int reads = 0;
              while (!over.get() || reads == 0) {
                assertThat(watched.array()).isEqualTo(expected);
                reads++;
              }
              return reads;
            });
    List<StoredValue> others = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      others.add(files.write(new byte[500]));
      if (others.size() > 3) {
        files.release(others.remove(0));
      }
      files.tidy(1_000);
    }
    over.set(true);
    assertThat(reader.join()).isPositive();
  }

  @Test
  void isReadByAThreadThatIsInterrupted() throws IOException {
    ValueFiles files = opened().files();
    StoredValue value = files.write(new byte[] {1, 2, 3});
    Thread.currentThread().interrupt();
    assertThat(value.array()).containsExactly(1, 2, 3);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(value.array()).containsExactly(1, 2, 3);
  }

  @Test
  void saysWhichFileIsDamaged() throws IOException {
    ValueFolder values = opened();
    StoredValue value = values.files().write(new byte[100]);
    Files.write(folder.resolve("1.values"), new byte[50], StandardOpenOption.WRITE);
    assertThatThrownBy(value::array)
        .isInstanceOf(ValueFaultException.class)
        .hasMessageContaining("1.values is damaged");
    assertThat(values.fault()).hasValueSatisfying(why -> assertThat(why).contains("1.values"));
    values.recover();
    assertThat(values.fault()).isEmpty();
  }

  @Test
  void startsWithoutWhatAFormerProcessLeft() throws IOException {
    StoredValue left = opened().files().write(new byte[100]);
    assertThat(left.length()).isEqualTo(100);
    ValueFolder again = opened();
    assertThat(folder).isEmptyDirectory();
    assertThat(again.files().write(new byte[] {7}).array()).containsExactly(7);
  }
}
