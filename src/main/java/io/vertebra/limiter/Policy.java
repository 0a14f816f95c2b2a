package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A limit on requests, by name.
 *
 * @param name 1 to 100 of {@code A-Z a-z 0-9 . _ -}
 * @param limit for each key
 * @param key which requests share a limit
 * @param cost permits that a request takes unless it says otherwise, 1 to 1,000,000; default 1
 * @param tiers other limits for some
 * @param exempt requests that are not counted
 * @param dryRun whether a refusal is only counted and told, not made
 * @param penalty for whoever goes on after refusals
 * @param onOutage what happens when whoever keeps the state does not answer
 * @param engine what keeps the state
 * @param parents policies that are asked together with this one; at most 7
 */
public record Policy(
    String name,
    Limit limit,
    PolicyKey key,
    long cost,
    Tiers tiers,
    Exemptions exempt,
    boolean dryRun,
    Penalty penalty,
    OnOutage onOutage,
    Engine engine,
    List<String> parents) {
  static final int MOST_NAME = 100;
  static final int MOST_PARENTS = 7;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1," + MOST_NAME + "}");
  private static final String NAME_RULE =
      "must be 1 to " + MOST_NAME + " letters, digits, dots, underscores or hyphens";

  /** What happens when the state cannot be asked. */
  public enum OnOutage {
    /** Nothing is admitted: {@code UNAVAILABLE}. */
    CLOSED,
    /** Everything is admitted. */
    OPEN,
    /** Each node admits its share: the limit divided by the nodes it sees. */
    SHARE
  }

  /** What keeps the state. */
  public enum Engine {
    HAZELCAST,
    KV,
    REDIS
  }

  public Policy {
    parents = List.copyOf(parents);
    if (!isName(name)) {
      throw Failure.invalid("/name", NAME_RULE);
    }
    if (engine == Engine.REDIS && !isForRedis(limit, tiers)) {
      throw Failure.invalid(
          "/limit", "takes longer to fill than 100 years, which is not for redis");
    }
    for (String parent : parents) {
      if (!isName(parent) || parent.equals(name)) {
        throw Failure.invalid("/parents", "must name other policies");
      }
    }
  }

  /** A policy with default settings. */
  public static Policy of(String name, Limit limit, PolicyKey key) {
    return new Policy(
        name,
        limit,
        key,
        1,
        Tiers.NONE,
        Exemptions.NONE,
        false,
        Penalty.NONE,
        OnOutage.CLOSED,
        Engine.HAZELCAST,
        List.of());
  }

  private static boolean isForRedis(Limit limit, Tiers tiers) {
    return RedisChange.fits(limit) && tiers.limits().values().stream().allMatch(RedisChange::fits);
  }

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  static String name(Fields fields) {
    return fields.text("name", 1, MOST_NAME).matching(Policy::isName, NAME_RULE).required();
  }

  public static Policy from(Fields fields) {
    String name = name(fields);
    Limit limit = fields.object("limit", LimitReader::from).about("For each key.").required();
    PolicyKey key =
        fields
            .object("key", PolicyKey::from)
            .about("Which requests share a limit; by default all.")
            .optional()
            .orElse(PolicyKey.ALL);
    long cost =
        fields
            .longInteger("cost", 1, LimitReader.MOST_PERMITS)
            .about("Permits that a request takes.")
            .orElse(1L);
    Tiers tiers =
        fields
            .object("tiers", Tiers::from)
            .about("Other limits for some.")
            .optional()
            .orElse(Tiers.NONE);
    Exemptions exempt =
        fields
            .object("exempt", Exemptions::from)
            .about("Requests that are not counted.")
            .optional()
            .orElse(Exemptions.NONE);
    boolean dryRun =
        fields.flag("dryRun").about("Whether refusals are only counted and told.").orElse(false);
    Penalty penalty =
        fields
            .object("penalty", Penalty::from)
            .about("For whoever goes on after refusals; by default none.")
            .optional()
            .orElse(Penalty.NONE);
    OnOutage onOutage =
        fields
            .choice("onOutage", OnOutage.class)
            .about("What happens when the state cannot be asked.")
            .orElse(OnOutage.CLOSED);
    Engine engine =
        fields
            .choice("engine", Engine.class)
            .about("What keeps the state.")
            .orElse(Engine.HAZELCAST);
    List<String> parents =
        fields
            .texts("parents", MOST_PARENTS, MOST_NAME)
            .about("Policies that are asked together with this one.")
            .orElse(List.of());
    return fields.build(
        () ->
            new Policy(
                name, limit, key, cost, tiers, exempt, dryRun, penalty, onOutage, engine, parents));
  }

  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("name", name)
            .put("limit", limit.toJson())
            .put("key", key.toJson())
            .put("cost", cost)
            .put("exempt", exempt.toJson())
            .put("dryRun", dryRun)
            .put("onOutage", Fields.word(onOutage))
            .put("engine", Fields.word(engine))
            .put("parents", new JsonArray(parents));
    if (tiers.by().isPresent()) {
      json.put("tiers", tiers.toJson());
    }
    if (penalty.afterRefusals() > 0) {
      json.put("penalty", penalty.toJson());
    }
    return json;
  }

  /** What a request is held to. */
  Limit limitFor(KeyFields fields) {
    return tiers.of(this, fields);
  }
}
