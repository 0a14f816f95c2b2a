package io.vertebra.auth;

import io.vertebra.auth.token.VerifyingKey;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.Optional;

/**
 * A signing key as it is kept.
 *
 * @param number greater than those of all keys before
 * @param sealed the private half, encrypted
 * @param signsFromMs when it may begin to sign, in ms since 1970
 */
record KeyRecord(
    DocumentId id, long number, VerifyingKey publicKey, String sealed, long signsFromMs) {
  static final Comparator<KeyRecord> IN_ORDER = Comparator.comparingLong(KeyRecord::number);

  /** The name of the document: the number, so that of all who make the next key one does. */
  static DocumentId idOf(long number) {
    return new DocumentId(DocumentId.Kind.SIGNING_KEY, "%010d".formatted(number));
  }

  static Optional<KeyRecord> from(Document document) {
    JsonObject value = document.value();
    return VerifyingKey.from(value.getJsonObject("jwk"))
        .map(
            key ->
                new KeyRecord(
                    document.id(),
                    Long.parseLong(document.id().name()),
                    key,
                    value.getString("sealed"),
                    value.getLong("signsFromMs")));
  }

  JsonObject toStored() {
    return new JsonObject()
        .put("jwk", publicKey.toJwk())
        .put("sealed", sealed)
        .put("signsFromMs", signsFromMs);
  }
}
