package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvEntry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A client's hold on keys, which ends when it is not renewed, is destroyed, or loses one of its
 * checks.
 *
 * @param id a UUID
 * @param node on which it is
 * @param lockDelay how long nobody may acquire its keys after it ended, 0 to 60 s
 * @param ttl how long it lasts at least without being renewed, 10 s to 24 h; zero for ever
 * @param ttlText as the client wrote it
 * @param nodeChecks ids of checks of the node, each of which ends it by being critical
 * @param serviceChecks ids of checks of instances on the node, likewise
 */
record Session(
    String id,
    String name,
    String node,
    Duration lockDelay,
    Behavior behavior,
    Duration ttl,
    String ttlText,
    List<String> nodeChecks,
    List<String> serviceChecks,
    long createIndex,
    long modifyIndex) {
  /** The check of the node itself, which holds as long as there is somebody to ask. */
  static final String SERF_HEALTH = "serfHealth";

  private static final Duration MIN_TTL = Duration.ofSeconds(10);
  private static final Duration MAX_TTL = Duration.ofDays(1);
  private static final Duration DEFAULT_LOCK_DELAY = Duration.ofSeconds(15);
  private static final Duration MAX_LOCK_DELAY = Duration.ofSeconds(60);

  /** Numbers below are seconds, others nanoseconds, as Consul takes them. */
  private static final long FEWEST_NANOS = 1_000;

  private static final int MAX_CHECKS = 64;
  private static final int MAX_TEXT = 200;
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /** What becomes of the keys it holds. */
  enum Behavior {
    RELEASE,
    DELETE;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Session {
    nodeChecks = List.copyOf(nodeChecks);
    serviceChecks = List.copyOf(serviceChecks);
  }

  /** Whether a text can be the id of a session. */
  static boolean isId(String text) {
    return UUID_TEXT.matcher(text).matches();
  }

  /**
   * The session asked for.
   *
   * @param node unless the request names one
   */
  static Session from(LenientJson json, String id, String node) {
    String wantedNode = json.text("Node").isEmpty() ? node : json.text("Node");
    List<String> nodeChecks = json.texts(json.has("NodeChecks") ? "NodeChecks" : "Checks");
    boolean tellsChecks = json.has("NodeChecks") || json.has("Checks");
    List<String> serviceChecks =
        json.objects("ServiceChecks").stream().map(check -> check.text("ID")).toList();
    String ttl = json.text("TTL");
    Session session =
        new Session(
            id,
            json.text("Name"),
            wantedNode,
            lockDelay(json),
            behavior(json.text("Behavior")),
            ttl(ttl),
            ttl,
            tellsChecks ? nodeChecks : List.of(SERF_HEALTH),
            serviceChecks,
            0,
            0);
    if (nodeChecks.size() + serviceChecks.size() > MAX_CHECKS
        || session.name.length() > MAX_TEXT
        || wantedNode.length() > MAX_TEXT) {
      throw ConsulException.badRequest(
          "A session has at most " + MAX_CHECKS + " checks and names of at most " + MAX_TEXT);
    }
    return session;
  }

  private static Behavior behavior(String text) {
    return switch (text) {
      case "", "release" -> Behavior.RELEASE;
      case "delete" -> Behavior.DELETE;
      default -> throw ConsulException.refused("Invalid Behavior setting '" + text + "'");
    };
  }

  private static Duration ttl(String text) {
    if (text.isEmpty()) {
      return Duration.ZERO;
    }
    Optional<Duration> ttl = GoDuration.parse(text);
    if (ttl.isEmpty()) {
      throw ConsulException.refused("Session TTL '" + text + "' invalid: time: invalid duration");
    }
    Duration time = ttl.get();
    if (!time.isZero() && (time.compareTo(MIN_TTL) < 0 || time.compareTo(MAX_TTL) > 0)) {
      throw ConsulException.refused(
          "Invalid Session TTL '" + time.toNanos() + "', must be between [10s=24h0m0s]");
    }
    return time;
  }

  private static Duration lockDelay(LenientJson json) {
    Duration delay = json.duration("LockDelay").orElse(DEFAULT_LOCK_DELAY);
    boolean inSeconds = !delay.isZero() && delay.toNanos() < FEWEST_NANOS;
    Duration meant = inSeconds ? Duration.ofSeconds(delay.toNanos()) : delay;
    return meant.compareTo(MAX_LOCK_DELAY) < 0 ? meant : MAX_LOCK_DELAY;
  }

  static Session of(KvEntry entry) {
    JsonObject json = new JsonObject(entry.value().toString());
    return new Session(
        Layout.sessionOf(entry.key()),
        json.getString("name"),
        json.getString("node"),
        Duration.ofMillis(json.getLong("lockDelayMs")),
        Behavior.valueOf(json.getString("behavior")),
        Duration.ofMillis(json.getLong("ttlMs")),
        json.getString("ttl"),
        texts(json.getJsonArray("nodeChecks")),
        texts(json.getJsonArray("serviceChecks")),
        entry.createRevision(),
        entry.modRevision());
  }

  private static List<String> texts(JsonArray array) {
    return array.stream().map(String::valueOf).toList();
  }

  Bytes encode() {
    JsonObject json =
        new JsonObject()
            .put("name", name)
            .put("node", node)
            .put("lockDelayMs", lockDelay.toMillis())
            .put("behavior", behavior.name())
            .put("ttlMs", ttl.toMillis())
            .put("ttl", ttlText)
            .put("nodeChecks", new JsonArray(nodeChecks))
            .put("serviceChecks", new JsonArray(serviceChecks));
    return Bytes.utf8(json.encode());
  }

  /** The lease with which it ends, if it has a time to live. */
  long lease() {
    return UUID.fromString(id).getMostSignificantBits() >>> 1 | 1;
  }

  boolean hasTtl() {
    return !ttl.isZero();
  }

  /** The same as created. */
  Session createdAt(long revision) {
    return new Session(
        id,
        name,
        node,
        lockDelay,
        behavior,
        ttl,
        ttlText,
        nodeChecks,
        serviceChecks,
        revision,
        revision);
  }

  JsonObject toJson() {
    JsonArray services = new JsonArray();
    serviceChecks.forEach(check -> services.add(new JsonObject().put("ID", check)));
    return new JsonObject()
        .put("ID", id)
        .put("Name", name)
        .put("Node", node)
        .put("LockDelay", lockDelay.toNanos())
        .put("Behavior", behavior.label())
        .put("TTL", ttlText)
        .put("Checks", new JsonArray(nodeChecks))
        .put("NodeChecks", new JsonArray(nodeChecks))
        .put("ServiceChecks", services.isEmpty() ? null : services)
        .put("CreateIndex", createIndex)
        .put("ModifyIndex", modifyIndex);
  }
}
