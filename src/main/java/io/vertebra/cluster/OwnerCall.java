package io.vertebra.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.MapConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests on their way to the owner of a key, who applies them in their order as one step. The
 * copies are not told the requests but what came of them, so that they cannot come to another end.
 */
final class OwnerCall
    implements EntryProcessor<String, byte[], byte[]>,
        IdentifiedDataSerializable,
        HazelcastInstanceAware {
  /** Maps of this beginning are ours. */
  static final String PREFIX = "vertebra.";

  private static final int FACTORY = 7_431;
  private static final int CALL = 1;
  private static final int COPY = 2;

  /** Hazelcast counts in whole seconds, and the clocks of two owners differ. */
  private static final long MARGIN_SECONDS = 3;

  private String name;
  private List<byte[]> requests;
  private @Nullable transient HazelcastInstance hazelcast;
  private transient OwnedMap.@Nullable Step done;

  OwnerCall(String name, List<byte[]> requests) {
    this.name = name;
    this.requests = requests;
  }

  /** Has a node apply rules, each to the map of its name, from the moment it joins. */
  static void install(Config config, Map<String, OwnedMap.Rule> rules) {
    rules.forEach((name, rule) -> config.getUserContext().put(PREFIX + name, rule));
    config
        .getSerializationConfig()
        .addDataSerializableFactory(
            FACTORY, type -> type == CALL ? new OwnerCall("", List.of()) : new Copy());
    config.addMapConfig(
        new MapConfig(PREFIX + "*").setBackupCount(1).setPerEntryStatsEnabled(false));
  }

  @Override
  public byte[] process(Map.Entry<String, byte[]> entry) {
    Object rule = Objects.requireNonNull(hazelcast).getUserContext().get(name);
    if (!(rule instanceof OwnedMap.Rule known)) {
      throw new IllegalStateException("this node has no rule for " + name);
    }
    byte[] value = entry.getValue();
    List<byte[]> answers = new ArrayList<>(requests.size());
    OwnedMap.Step last = null;
    for (byte[] request : requests) {
      OwnedMap.Step step = known.apply(value, request);
      if (step.changes()) {
        value = step.value();
        last = step;
      }
      answers.add(step.answer());
    }
    if (last != null) {
      put(entry, value, seconds(last));
      done = last;
    }
    return joined(answers);
  }

  private static byte[] joined(List<byte[]> answers) {
    int length = answers.stream().mapToInt(each -> Integer.BYTES + each.length).sum();
    ByteBuffer all = ByteBuffer.allocate(length);
    answers.forEach(each -> all.putInt(each.length).put(each));
    return all.array();
  }

  /** The answers to the requests, in their order. */
  static List<byte[]> answers(byte[] joined) {
    ByteBuffer all = ByteBuffer.wrap(joined);
    List<byte[]> answers = new ArrayList<>();
    while (all.hasRemaining()) {
      byte[] answer = new byte[all.getInt()];
      all.get(answer);
      answers.add(answer);
    }
    return answers;
  }

  private static long seconds(OwnedMap.Step step) {
    return step.keep().toSeconds() + 1 + MARGIN_SECONDS;
  }

  private static void put(Map.Entry<String, byte[]> entry, byte @Nullable [] value, long seconds) {
    if (value == null) {
      remove(entry);
    } else if (entry instanceof ExtendedMapEntry<String, byte[]> extended) {
      extended.setValue(value, seconds, TimeUnit.SECONDS);
    } else {
      entry.setValue(value);
    }
  }

  /** Hazelcast removes an entry whose value is set to null. */
  @SuppressWarnings({"NullAway", "DataFlowIssue"})
  private static void remove(Map.Entry<String, byte[]> entry) {
    entry.setValue(null);
  }

  @Override
  public @Nullable EntryProcessor<String, byte[], byte[]> getBackupProcessor() {
    OwnedMap.Step step = done;
    return step == null ? null : new Copy(step.value(), seconds(step));
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }

  @Override
  public int getFactoryId() {
    return FACTORY;
  }

  @Override
  public int getClassId() {
    return CALL;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeString(name);
    out.writeInt(requests.size());
    for (byte[] request : requests) {
      out.writeByteArray(request);
    }
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    name = Objects.requireNonNull(in.readString());
    List<byte[]> read = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      read.add(Objects.requireNonNull(in.readByteArray()));
    }
    requests = read;
  }

  /** The value that a copy is to have. */
  private static final class Copy
      implements EntryProcessor<String, byte[], byte[]>, IdentifiedDataSerializable {
    private byte @Nullable [] value;
    private long seconds;

    Copy() {}

    Copy(byte @Nullable [] value, long seconds) {
      this.value = value;
      this.seconds = seconds;
    }

    @Override
    public byte @Nullable [] process(Map.Entry<String, byte[]> entry) {
      put(entry, value, seconds);
      return null;
    }

    @Override
    public @Nullable EntryProcessor<String, byte[], byte[]> getBackupProcessor() {
      return null;
    }

    @Override
    public int getFactoryId() {
      return FACTORY;
    }

    @Override
    public int getClassId() {
      return COPY;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
      out.writeByteArray(value);
      out.writeLong(seconds);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
      value = in.readByteArray();
      seconds = in.readLong();
    }
  }
}
