package io.vertebra.auth;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Names what the store keeps.
 *
 * @param name unique within its kind
 */
record DocumentId(Kind kind, String name) {

  /** What is kept. Those that every node follows have a prefix of their own. */
  enum Kind {
    USER("user/"),
    SESSION("session/"),
    /** The sessions of a user, named by user and session. */
    USER_SESSION("user-session/"),
    ATTEMPT("attempt/"),
    META("meta/"),
    ROLE("live/role/"),
    API_KEY("live/api-key/"),
    SIGNING_KEY("live/signing-key/"),
    REVOCATION("live/revocation/");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = ROOT + prefix;
    }

    /** Whether every node follows it. */
    boolean isLive() {
      return prefix.startsWith(LIVE_ROOT);
    }
  }

  private static final String ROOT = "\0auth/";
  private static final String LIVE_ROOT = ROOT + "live/";

  /** All that every node follows. */
  static final KeyRange LIVE = KeyRange.prefix(Bytes.utf8(LIVE_ROOT));

  Bytes key() {
    return Bytes.utf8(kind.prefix + name);
  }

  /** Those of a kind whose names begin so. */
  static KeyRange range(Kind kind, String prefix) {
    return KeyRange.prefix(Bytes.utf8(kind.prefix + prefix));
  }

  /** The one that a key of the store stands for; empty if it is none. */
  static Optional<DocumentId> of(Bytes key) {
    String text = new String(key.unsafeArray(), StandardCharsets.UTF_8);
    for (Kind kind : Kind.values()) {
      if (text.startsWith(kind.prefix)) {
        return Optional.of(new DocumentId(kind, text.substring(kind.prefix.length())));
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + name;
  }
}
