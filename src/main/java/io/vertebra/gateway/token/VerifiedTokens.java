package io.vertebra.gateway.token;

import io.vertebra.auth.token.Base64Url;
import io.vertebra.auth.token.TokenGate.Verified;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tokens verified last, by their SHA-256, so that none is kept itself. Only who can sign can
 * add to them. Safe for any thread.
 */
final class VerifiedTokens {
  private static final int SEGMENTS = 16;

  private final List<Segment> segments = new ArrayList<>();

  /** A share of them, the one that was not asked for longest first. */
  private static final class Segment extends LinkedHashMap<String, Verified> {
    private static final long serialVersionUID = 1;
    private final int most;

    Segment(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Verified> eldest) {
      return size() > most;
    }
  }

  VerifiedTokens(int most) {
    for (int i = 0; i < SEGMENTS; i++) {
      segments.add(new Segment((most + i) / SEGMENTS));
    }
  }

  /** The key under which a token is kept for one who verifies. */
  static String key(int verifier, String token) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return Base64Url.encode(digest) + verifier;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  Optional<Verified> find(String key) {
    Segment segment = segment(key);
    synchronized (segment) {
      return Optional.ofNullable(segment.get(key));
    }
  }

  void keep(String key, Verified verified) {
    Segment segment = segment(key);
    synchronized (segment) {
      Verified unused = segment.put(key, verified);
    }
  }

  void drop(String key) {
    Segment segment = segment(key);
    synchronized (segment) {
      Verified unused = segment.remove(key);
    }
  }

  int size() {
    int size = 0;
    for (Segment segment : segments) {
      synchronized (segment) {
        size += segment.size();
      }
    }
    return size;
  }

  private Segment segment(String key) {
    return segments.get(Math.floorMod(key.hashCode(), SEGMENTS));
  }
}
