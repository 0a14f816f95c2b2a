package io.vertebra.consul;

import io.vertebra.registry.Node;
import java.util.Map;
import java.util.TreeMap;

/**
 * What nodes a request wants, by its parameters {@code node-meta}.
 *
 * @param wanted what a node must have in its metadata, all of it
 */
record NodeMeta(Map<String, String> wanted) {

  /** Each parameter is a key, a colon and a value; without a colon, the value is empty. */
  static NodeMeta of(Asked asked) {
    Map<String, String> wanted = new TreeMap<>();
    for (String text : asked.texts("node-meta")) {
      int colon = text.indexOf(':');
      wanted.put(
          colon < 0 ? text : text.substring(0, colon), colon < 0 ? "" : text.substring(colon + 1));
    }
    return new NodeMeta(wanted);
  }

  boolean isEmpty() {
    return wanted.isEmpty();
  }

  boolean wants(Node node) {
    return node.meta().entrySet().containsAll(wanted.entrySet());
  }
}
