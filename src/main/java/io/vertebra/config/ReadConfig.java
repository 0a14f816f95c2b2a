package io.vertebra.config;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.LongPoll;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks for a key or all keys of a namespace.
 *
 * @param key the one wanted; empty for all that begin with {@code prefix}
 * @param revision as of which, what all see; 0 for now, what the audience sees
 * @param reveal whether to show a secret; of one key only
 */
public record ReadConfig(
    String namespace,
    Optional<String> key,
    String prefix,
    Audience audience,
    long revision,
    boolean reveal) {

  public ReadConfig {
    Names.requireWord("/namespace", namespace);
    Names.require(revision >= 0, "/revision", "must be at least 0");
    Names.require(!reveal || key.isPresent(), "/reveal", "needs one key");
  }

  /** The present value of a key. */
  public static ReadConfig one(String namespace, String key) {
    return new ReadConfig(namespace, Optional.of(key), "", Audience.NOBODY, 0, false);
  }

  /** All that is in a namespace. */
  public static ReadConfig all(String namespace) {
    return new ReadConfig(namespace, Optional.empty(), "", Audience.NOBODY, 0, false);
  }

  public ReadConfig as(Audience other) {
    return new ReadConfig(namespace, key, prefix, other, revision, reveal);
  }

  public ReadConfig at(long wanted) {
    return new ReadConfig(namespace, key, prefix, audience, wanted, reveal);
  }

  /** With the value of a secret. */
  public ReadConfig revealed() {
    return new ReadConfig(namespace, key, prefix, audience, revision, true);
  }

  /**
   * A read that may wait for news.
   *
   * @param known revision that the reader has; 0 for nothing; empty not to wait
   */
  record Waiting(ReadConfig read, Optional<Long> known, Duration patience) {

    Waiting {
      if (waits(known, patience) && read.revision() != 0) {
        throw Failure.invalid("/waitMs", "is of no use for a revision of the past");
      }
    }

    boolean waits() {
      return waits(known, patience);
    }

    private static boolean waits(Optional<Long> known, Duration patience) {
      return known.isPresent() && !patience.isZero();
    }

    WatchConfig watch() {
      return new WatchConfig(read.namespace, read.key, read.prefix, read.audience, 0);
    }
  }

  static Waiting ofKey(Fields fields) {
    String key = Names.key(fields).required();
    boolean reveal =
        fields.flag("reveal").about("Whether to show the value of a secret.").orElse(false);
    return from(fields, Optional.of(key), "", reveal);
  }

  static Waiting ofNamespace(Fields fields) {
    return from(fields, Optional.empty(), WatchConfig.prefix(fields), false);
  }

  private static Waiting from(Fields fields, Optional<String> key, String prefix, boolean reveal) {
    String namespace = Names.namespace(fields).required();
    Audience audience = Audience.from(fields);
    long revision =
        fields
            .longInteger("revision", 0, Long.MAX_VALUE)
            .about("As of which, what all saw; 0 for now.")
            .orElse(0L);
    Duration patience =
        fields
            .millis(Call.WAIT, 0, LongPoll.MAX_WAIT_MS)
            .about("How long to wait for another revision than ifNotRevision.")
            .orElse(Duration.ZERO);
    Optional<Long> known =
        fields
            .longInteger("ifNotRevision", 0, Long.MAX_VALUE)
            .about("The revision that is known; 0 for nothing.")
            .optional();
    return fields.build(
        () ->
            new Waiting(
                new ReadConfig(namespace, key, prefix, audience, revision, reveal),
                known,
                patience));
  }

  JsonObject toJson() {
    JsonObject json = audience.writeTo(new JsonObject().put("namespace", namespace));
    key.ifPresent(name -> json.put("key", name));
    if (!prefix.isEmpty()) {
      json.put("prefix", prefix);
    }
    if (reveal) {
      json.put("reveal", true);
    }
    return json.put("revision", revision);
  }
}
