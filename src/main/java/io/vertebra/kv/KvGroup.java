package io.vertebra.kv;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which of the node's stores one is.
 *
 * @param name {@code kv} or {@code queue}; tags its metrics
 * @param scratch where values that are not kept in memory go, of this process alone
 * @param content where the keys are of what users keep there
 */
public record KvGroup(String name, Optional<Path> scratch, KeyRange content) {
  /** The name of the store on which all but queues stand. */
  public static final String MAIN = "kv";

  /** The name of the store of the queues. */
  public static final String QUEUE = "queue";

  static final String MAIN_PATH = KvApi.KEYS;
  static final String QUEUE_PATH = "/api/v1/queues";

  /** The store on which all but queues stand. */
  public static KvGroup main(Path scratch) {
    return new KvGroup(MAIN, Optional.of(scratch), KeyRange.USERS);
  }

  /** The store of the queues, which nobody outside the cluster reaches. */
  public static KvGroup queue(Path scratch, KeyRange content) {
    return new KvGroup(QUEUE, Optional.of(scratch), content);
  }

  /** The main one, all in memory. */
  static KvGroup inMemory() {
    return new KvGroup(MAIN, Optional.empty(), KeyRange.USERS);
  }

  /** What the paths of its backups begin with. */
  String path() {
    return path(name);
  }

  /** What the paths of a store's backups begin with. */
  public static String path(String name) {
    return name.equals(QUEUE) ? QUEUE_PATH : MAIN_PATH;
  }

  boolean isMain() {
    return name.equals(MAIN);
  }
}
