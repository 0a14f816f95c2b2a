package io.vertebra.config;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import java.util.List;
import java.util.Optional;

/** What was released, what differs, and going back. */
final class ConfigHistoryApi {
  private final ConfigService service;

  ConfigHistoryApi(ConfigService service) {
    this.service = service;
  }

  List<Operation<?>> operations() {
    return List.of(history(), diff(), revert());
  }

  private record History(String namespace, Optional<String> key, long before, int limit) {}

  private Operation<?> history() {
    return Operation.of(
        "history",
        GET,
        ConfigApi.NAMESPACE + "/releases",
        "Lists the last releases, the newest first.",
        ConfigHistoryApi::readHistory,
        wanted ->
            service
                .history(wanted.namespace(), wanted.key(), wanted.before(), wanted.limit())
                .map(all -> ConfigApi.items(all, Released::toJson)));
  }

  private static History readHistory(Fields fields) {
    String namespace = Names.namespace(fields).required();
    Optional<String> key = Names.key(fields).optional();
    long before =
        fields
            .longInteger("before", 0, Long.MAX_VALUE)
            .about("The revision before which the list begins; 0 for the newest.")
            .orElse(0L);
    int limit = fields.integer("limit", 1, 1000).about("The most releases.").orElse(100);
    return fields.build(() -> new History(namespace, key, before, limit));
  }

  private record Diff(String namespace, long from, long to, Optional<String> key) {}

  private Operation<?> diff() {
    return Operation.of(
        "diff",
        GET,
        ConfigApi.NAMESPACE + "/diff",
        "Compares two revisions, of a key or all, in the unified format.",
        ConfigHistoryApi::readDiff,
        wanted ->
            service
                .diff(wanted.namespace(), wanted.from(), wanted.to(), wanted.key())
                .map(Difference::toJson));
  }

  private static Diff readDiff(Fields fields) {
    String namespace = Names.namespace(fields).required();
    long from =
        fields.longInteger("from", 0, Long.MAX_VALUE).about("The earlier revision.").required();
    long to =
        fields
            .longInteger("to", 0, Long.MAX_VALUE)
            .about("The later revision; 0 for now.")
            .orElse(0L);
    Optional<String> key = Names.key(fields).optional();
    return fields.build(() -> new Diff(namespace, from, to, key));
  }

  private Operation<?> revert() {
    return Operation.of(
        "revert",
        POST,
        ConfigApi.NAMESPACE + "/revert",
        "Releases again what held at an earlier revision, of a key or all.",
        Revert::from,
        request -> service.revert(request).map(Outcome::toJson));
  }
}
