package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A user as kept.
 *
 * @param name 1 to 100 letters, digits and {@code . _ @ + -} in lower case, composed (NFC)
 * @param hash of the password, in the PHC string format
 * @param recovery hashes of the recovery codes that were not used
 */
record User(
    String name,
    String hash,
    List<String> roles,
    boolean disabled,
    Optional<SecondFactor> totp,
    List<String> recovery) {
  static final int MAX_NAME_LENGTH = 100;

  /**
   * What one-time codes are made of.
   *
   * @param sealed the secret, encrypted
   * @param confirmed whether a code of it was shown, since when a login needs one
   * @param lastStep the latest one whose code was used
   */
  record SecondFactor(String sealed, boolean confirmed, long lastStep) {}

  User {
    if (!isName(name)) {
      throw Failure.invalid(
          "/name",
          "must have 1 to " + MAX_NAME_LENGTH + " letters, digits and . _ @ + - in lower case");
    }
    roles = List.copyOf(roles);
    recovery = List.copyOf(recovery);
  }

  static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_NAME_LENGTH
        && text.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || "._@+-".indexOf(c) >= 0)
        && text.equals(text.toLowerCase(Locale.ROOT))
        && Normalizer.isNormalized(text, Normalizer.Form.NFC);
  }

  static DocumentId id(String name) {
    return new DocumentId(DocumentId.Kind.USER, name);
  }

  static User from(Document document) {
    JsonObject json = document.value();
    JsonObject totp = json.getJsonObject("totp");
    return new User(
        document.id().name(),
        json.getString("hash"),
        texts(json, "roles"),
        json.getBoolean("disabled", false),
        totp == null
            ? Optional.empty()
            : Optional.of(
                new SecondFactor(
                    totp.getString("sealed"),
                    totp.getBoolean("confirmed"),
                    totp.getLong("lastStep"))),
        texts(json, "recovery"));
  }

  static List<String> texts(JsonObject json, String name) {
    List<String> texts = new ArrayList<>();
    json.getJsonArray(name, new JsonArray()).forEach(each -> texts.add(each.toString()));
    return texts;
  }

  JsonObject toStored() {
    JsonObject json =
        new JsonObject()
            .put("hash", hash)
            .put("roles", new JsonArray(new ArrayList<>(roles)))
            .put("disabled", disabled)
            .put("recovery", new JsonArray(new ArrayList<>(recovery)));
    totp.ifPresent(
        factor ->
            json.put(
                "totp",
                new JsonObject()
                    .put("sealed", factor.sealed())
                    .put("confirmed", factor.confirmed())
                    .put("lastStep", factor.lastStep())));
    return json;
  }

  /** What others may see. */
  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("roles", new JsonArray(new ArrayList<>(roles)))
        .put("disabled", disabled)
        .put("totp", needsCode())
        .put("recoveryCodes", recovery.size());
  }

  /** Whether a login needs a one-time code. */
  boolean needsCode() {
    return totp.map(SecondFactor::confirmed).orElse(false);
  }

  User withHash(String changed) {
    return new User(name, changed, roles, disabled, totp, recovery);
  }

  User with(List<String> changedRoles, boolean changedDisabled) {
    return new User(name, hash, changedRoles, changedDisabled, totp, recovery);
  }

  User withFactor(Optional<SecondFactor> changed) {
    return new User(name, hash, roles, disabled, changed, recovery);
  }

  User withRecovery(List<String> changed) {
    return new User(name, hash, roles, disabled, totp, changed);
  }
}
