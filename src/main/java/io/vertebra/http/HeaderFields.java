package io.vertebra.http;

import static io.vertebra.api.BusDoor.FENCE;
import static io.vertebra.api.BusDoor.IDEMPOTENCY_KEY;
import static io.vertebra.http.RequestReader.pointer;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.api.Call;
import io.vertebra.api.Violation;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Fields that travel as headers. Those of a write are never ignored: an operation that does not
 * know them refuses them. Those of a read are fields only where they are known.
 *
 * <p>Source: RFC 9110 section 13.1 (conditions), RFC 7240 section 4.3 ({@code wait}), the draft of
 * the IETF "The Idempotency-Key HTTP Header Field", the HTML Living Standard ({@code
 * Last-Event-ID}).
 */
final class HeaderFields {
  static final String IF_REVISION = "ifRevision";
  static final String IF_NOT_REVISION = "ifNotRevision";
  static final String FROM_REVISION = "fromRevision";
  static final String SESSION_ID = "sessionId";

  private static final long NONE = -1;
  private static final int MAX_DIGITS = 18;
  private static final int MAX_SECONDS_DIGITS = 6;

  private final MultiMap headers;
  private final JsonObject json;
  private final Set<String> textual;
  private final List<Violation> violations;

  HeaderFields(MultiMap headers, JsonObject json, Set<String> textual, List<Violation> violations) {
    this.headers = headers;
    this.json = json;
    this.textual = textual;
    this.violations = violations;
  }

  /** Those whose names begin with a prefix in lower case, and the type of the body. */
  static JsonObject beginning(MultiMap headers, String prefix) {
    JsonObject found = new JsonObject();
    for (String name : headers.names()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith(prefix) || lower.equals("content-type")) {
        found.put(lower, String.join(",", headers.getAll(name)));
      }
    }
    return found;
  }

  void ofWrite() {
    String match = headers.get(HttpHeaderNames.IF_MATCH);
    String noneMatch = headers.get(HttpHeaderNames.IF_NONE_MATCH);
    if (match != null) {
      long revision = entityTag(match);
      if (revision == NONE) {
        report(IF_REVISION, "needs one entity tag that is a revision in If-Match, as in \"12\"");
      } else {
        expect(IF_REVISION, revision, "If-Match");
      }
    }
    if (noneMatch != null) {
      if (noneMatch.equals("*")) {
        expect(IF_REVISION, 0L, "If-None-Match");
      } else {
        report(IF_REVISION, "takes only * in If-None-Match of a write");
      }
    }
    String fence = headers.get("if-fence");
    if (fence != null) {
      expect(FENCE, fence, "If-Fence");
    }
    String key = headers.get("idempotency-key");
    if (key != null) {
      expect(IDEMPOTENCY_KEY, unquoted(key.strip()), "Idempotency-Key");
    }
  }

  /**
   * A secret, which must not be in an address: those are logged, kept and passed on.
   *
   * @param known the fields that the operation reads
   */
  void ofSession(Set<String> known) {
    if (!known.contains(SESSION_ID)) {
      return;
    }
    if (textual.contains(pointer(SESSION_ID))) {
      report(SESSION_ID, "must be in the header Session-Id, not in the address");
    }
    String id = headers.get("session-id");
    if (id != null) {
      expect(SESSION_ID, id, "Session-Id");
    }
  }

  /**
   * @param known the fields that the operation reads
   */
  void ofRead(Set<String> known) {
    if (known.contains(Call.WAIT)) {
      String prefer = headers.get("prefer");
      long seconds = prefer == null ? NONE : wait(prefer);
      if (seconds != NONE && !json.containsKey(Call.WAIT)) {
        json.put(Call.WAIT, seconds * 1000);
      }
    }
    if (known.contains(IF_NOT_REVISION)) {
      String noneMatch = headers.get(HttpHeaderNames.IF_NONE_MATCH);
      long revision = noneMatch == null ? NONE : entityTag(noneMatch);
      if (revision != NONE) {
        expect(IF_NOT_REVISION, revision, "If-None-Match");
      }
    }
    if (known.contains(FROM_REVISION)) {
      resume();
    }
    reader(known, "labels", "vertebra-labels");
    reader(known, "caller", "vertebra-caller");
  }

  /** Who reads, for an operation that answers some readers differently. */
  private void reader(Set<String> known, String field, String header) {
    String value = headers.get(header);
    if (known.contains(field) && value != null && !json.containsKey(field)) {
      json.put(field, value);
      textual.add(pointer(field));
    }
  }

  /** An event's id goes before the revision that the first request began with. */
  private void resume() {
    String last = headers.get("last-event-id");
    if (last == null) {
      return;
    }
    long revision = number(last, MAX_DIGITS);
    if (revision == NONE) {
      report(FROM_REVISION, "needs a revision in Last-Event-ID");
    } else {
      json.put(FROM_REVISION, revision + 1);
      textual.remove(pointer(FROM_REVISION));
    }
  }

  private void expect(String field, Object value, String header) {
    Object present = json.getValue(field);
    if (present != null && !present.toString().equals(value.toString())) {
      report(field, "differs from the one in " + header);
    }
    json.put(field, value);
    textual.remove(pointer(field));
  }

  private void report(String field, String detail) {
    violations.add(new Violation(pointer(field), detail));
  }

  private static long entityTag(String tag) {
    int end = tag.length() - 1;
    boolean quoted = end > 1 && tag.charAt(0) == '"' && tag.charAt(end) == '"';
    boolean plain = quoted && (end == 2 || tag.charAt(1) != '0');
    return plain ? number(tag.substring(1, end), MAX_DIGITS) : NONE;
  }

  private static long wait(String prefer) {
    for (String preference : prefer.split(",", -1)) {
      String text = preference.strip();
      if (text.regionMatches(true, 0, "wait=", 0, 5)) {
        return number(unquoted(text.substring(5)), MAX_SECONDS_DIGITS);
      }
    }
    return NONE;
  }

  private static long number(String text, int maxDigits) {
    boolean number = !text.isEmpty() && text.length() <= maxDigits;
    for (int i = 0; number && i < text.length(); i++) {
      number = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    return number ? Long.parseLong(text) : NONE;
  }

  /** What a string of RFC 8941 section 3.3.3 holds; text without quotes as it is. */
  private static String unquoted(String text) {
    int end = text.length() - 1;
    if (end < 1 || text.charAt(0) != '"' || text.charAt(end) != '"') {
      return text;
    }
    StringBuilder plain = new StringBuilder(end);
    for (int i = 1; i < end; i++) {
      boolean escape = text.charAt(i) == '\\' && i + 1 < end;
      plain.append(text.charAt(escape ? ++i : i));
    }
    return plain.toString();
  }
}
