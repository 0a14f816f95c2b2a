package io.vertebra.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Makes commands of few keys, leases and locks, so that they often meet. */
final class RandomCommands {
  private static final String[] KEYS = {"a", "aa", "ab", "abc", "b", "ba", "c", "\u00ff"};

  private final Random random;

  RandomCommands(Random random) {
    this.random = random;
  }

  List<Command> some(int count) {
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      commands.add(command(i + KvState.FIRST_REVISION));
    }
    return commands;
  }

  /** A command for a store whose revision is {@code about} this. */
  Command command(long about) {
    return switch (random.nextInt(12)) {
      case 0 -> new Command.Grant(1 + random.nextInt(3), 1000);
      case 1 -> new Command.Revoke(1 + random.nextInt(3));
      case 2 -> new Command.Expire(1 + random.nextInt(3), 1 + random.nextInt(6), random.nextInt(2));
      case 3 -> new Command.Compact(random.nextInt((int) about + 2));
      default -> new Command.Transact(txn());
    };
  }

  Txn txn() {
    Optional<Fence> fence =
        random.nextInt(5) == 0
            ? Optional.of(new Fence(lock(3), 1 + random.nextInt(40)))
            : Optional.empty();
    String key = random.nextInt(8) == 0 ? "once" + random.nextInt(5) : "";
    return new Txn(compares(), ops(2), ops(2), fence, key);
  }

  private List<Compare> compares() {
    List<Compare> compares = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      compares.add(
          new Compare(
              range(),
              Compare.Target.values()[random.nextInt(5)],
              Compare.Relation.values()[random.nextInt(4)],
              random.nextInt(4),
              value()));
    }
    return compares;
  }

  private List<Op> ops(int depth) {
    List<Op> ops = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      ops.add(op(depth));
    }
    return ops;
  }

  private Op op(int depth) {
    return switch (random.nextInt(depth > 0 ? 17 : 16)) {
      case 0, 1, 2, 3 ->
          new Op.Put(
              key(),
              value(),
              lease(),
              random.nextBoolean(),
              random.nextInt(6) == 0,
              random.nextInt(6) == 0);
      case 4, 5 -> new Op.Delete(range(), random.nextBoolean());
      case 6, 7 -> new Op.Get(request(0));
      case 8 -> new Op.Overtake(lock(12), lease());
      case 9 -> new Op.Append(key(), value(), lease());
      case 10 -> new Op.Grant(1 + random.nextInt(3), 1000);
      case 11, 12 -> new Op.Revoke(1 + random.nextInt(3));
      case 13, 14, 15 -> new Op.Add(key(), step(), bound(Long.MIN_VALUE), bound(Long.MAX_VALUE));
      default -> new Op.Choice(compares(), ops(depth - 1), ops(depth - 1));
    };
  }

  private long step() {
    return random.nextInt(8) == 0 ? Long.MAX_VALUE : random.nextInt(5) - 2;
  }

  /** Mostly none. */
  private long bound(long none) {
    return random.nextInt(3) == 0 ? random.nextInt(5) - 2 : none;
  }

  RangeRequest request(long revision) {
    return new RangeRequest(
        range(),
        random.nextInt(4),
        revision,
        random.nextInt(4) == 0,
        random.nextInt(4) == 0,
        random.nextInt(6) == 0,
        false);
  }

  KeyRange range() {
    return switch (random.nextInt(5)) {
      case 0 -> KeyRange.ALL;
      case 1 -> KeyRange.prefix(key());
      case 2 -> new KeyRange(key(), key());
      default -> KeyRange.one(key());
    };
  }

  /** Mostly none. */
  private long lease() {
    return Math.max(0, random.nextInt(8) - 4);
  }

  Bytes key() {
    return Bytes.utf8(KEYS[random.nextInt(KEYS.length)]);
  }

  /** Once in so many one that is numbered elsewhere. */
  private String lock(int foreign) {
    return random.nextInt(foreign) == 0 ? "~lock" : "lock" + random.nextInt(2);
  }

  private Bytes value() {
    return Bytes.utf8((random.nextBoolean() ? "" : "v") + random.nextInt(4));
  }
}
