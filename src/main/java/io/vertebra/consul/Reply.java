package io.vertebra.consul;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;

/**
 * An answer.
 *
 * @param index greatest revision of what was asked for, to wait for the next one by; 0 for none
 */
record Reply(int status, String contentType, Buffer body, long index) {
  /** Encoded as it is in JSON: what Consul says of what is not there. */
  static final Object NULL = new Object();

  private static final String JSON = "application/json";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String BYTES = "application/octet-stream";

  /** A value that is text, a number, a boolean, a JSON object or array. */
  static Reply json(Object value) {
    return json(200, value);
  }

  static Reply json(int status, Object value) {
    Buffer body = value == NULL ? Buffer.buffer("null") : Json.encodeToBuffer(value);
    return new Reply(status, JSON, body, 0);
  }

  static Reply bytes(byte[] bytes) {
    return new Reply(200, BYTES, Buffer.buffer(bytes), 0);
  }

  static Reply text(int status, String text) {
    return new Reply(status, TEXT, Buffer.buffer(text), 0);
  }

  /** Done, with nothing to tell. */
  static Reply done() {
    return text(200, "");
  }

  Reply at(long newIndex) {
    return new Reply(status, contentType, body, newIndex);
  }
}
