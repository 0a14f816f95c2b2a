package io.vertebra.auth.token;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;

/** Refuses JSON that two readers could take for two things (RFC 7515 section 4, RFC 8725 2.7). */
final class StrictJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final int MAX_DEPTH = 20;

  private StrictJson() {}

  /** Fails if there is anything after one object, a name twice in any, or too deep a nesting. */
  static void requireOneReading(String text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      int depth = 0;
      boolean closed = false;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (closed || depth > MAX_DEPTH) {
          throw new IOException("more than one value, or too deep");
        }
        closed = depth == 0;
      }
    }
  }
}
