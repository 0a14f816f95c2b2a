package io.vertebra.config;

import io.vertebra.api.Backend;
import io.vertebra.api.Fields;
import io.vertebra.crypto.KeySource;
import java.util.function.Supplier;

/**
 * The section {@code config}.
 *
 * @param backend {@code kv} unless given, or {@code redis}
 * @param keys the first one encrypts secrets, all decrypt them
 * @param historyReleases how many releases of a namespace are kept, 10 to 10,000, 1,000 unless
 *     given
 * @param historyBytes of former values of a namespace, 64 KiB to 1 GiB, 16 MiB unless given
 * @param maxNamespaces 1 to 100,000, 1,000 unless given
 * @param maxKeys of a namespace, 1 to 100,000, 10,000 unless given
 */
public record ConfigOptions(
    Backend backend,
    KeySource keys,
    int historyReleases,
    long historyBytes,
    int maxNamespaces,
    int maxKeys) {

  public static ConfigOptions from(Fields fields) {
    Backend backend =
        fields
            .choice("backend", Backend.class)
            .matching(each -> each != Backend.SQL, "must be kv or redis")
            .about("Where configuration is kept.")
            .orElse(Backend.KV);
    Supplier<KeySource> keys =
        KeySource.reading(
            fields,
            "config",
            "Keys as id:base64 of 32 bytes; the first one encrypts secrets, all decrypt them.");
    int historyReleases =
        fields
            .integer("historyReleases", 10, 10_000)
            .about("How many releases of a namespace are kept.")
            .orElse(1_000);
    long historyBytes =
        fields
            .longInteger("historyBytes", 64L << 10, 1L << 30)
            .about("How many bytes of former values of a namespace are kept.")
            .orElse(16L << 20);
    int maxNamespaces =
        fields.integer("maxNamespaces", 1, 100_000).about("Most namespaces.").orElse(1_000);
    int maxKeys =
        fields.integer("maxKeys", 1, 100_000).about("Most keys of a namespace.").orElse(10_000);
    return fields.build(
        () ->
            new ConfigOptions(
                backend, keys.get(), historyReleases, historyBytes, maxNamespaces, maxKeys));
  }
}
