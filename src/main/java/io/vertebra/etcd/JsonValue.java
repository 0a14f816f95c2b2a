package io.vertebra.etcd;

import java.util.List;
import java.util.Map;

/** A JSON value as it was written: numbers stay text, since {@code 1e2} is no integer to etcd. */
sealed interface JsonValue {

  /** What errors call it. */
  String kind();

  /** The last one of several members of the same name. */
  record Members(Map<String, JsonValue> members) implements JsonValue {
    @Override
    public String kind() {
      return "object";
    }
  }

  record Items(List<JsonValue> items) implements JsonValue {
    @Override
    public String kind() {
      return "array";
    }
  }

  record Text(String text) implements JsonValue {
    @Override
    public String kind() {
      return "string";
    }
  }

  record Numeral(String literal) implements JsonValue {
    @Override
    public String kind() {
      return "number";
    }
  }

  record Flag(boolean value) implements JsonValue {
    @Override
    public String kind() {
      return "bool";
    }
  }

  /** {@code null}, which is as good as nothing. */
  record Nothing() implements JsonValue {
    @Override
    public String kind() {
      return "null";
    }
  }
}
