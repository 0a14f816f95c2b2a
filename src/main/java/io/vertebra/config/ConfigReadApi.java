package io.vertebra.config;

import static io.vertx.core.http.HttpMethod.GET;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Feed;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.kv.Bytes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Reads, which can wait for a change, and following all changes. */
final class ConfigReadApi {
  private final ConfigService service;

  ConfigReadApi(ConfigService service) {
    this.service = service;
  }

  List<Operation<?>> operations() {
    return List.of(namespaces(), get(), read(), watch(), export());
  }

  private record NamesPage(String cursor, int limit) {}

  private Operation<?> namespaces() {
    return Operation.of(
        "namespaces",
        GET,
        ConfigApi.ROOT,
        "Lists the namespaces by name.",
        ConfigReadApi::readNames,
        page ->
            service
                .namespaces(page.cursor(), page.limit() + 1)
                .map(found -> part(found, page.limit())));
  }

  private static NamesPage readNames(Fields fields) {
    String cursor =
        fields
            .text("cursor", 0, Names.MAX_NAMESPACE)
            .about("The cursor of the part before.")
            .orElse("");
    int limit = fields.integer("limit", 1, 1000).about("The most names.").orElse(100);
    return fields.build(() -> new NamesPage(cursor, limit));
  }

  private static JsonObject part(List<String> found, int limit) {
    List<String> names = found.stream().limit(limit).toList();
    JsonObject part = new JsonObject().put("items", new JsonArray(names));
    return found.size() > limit ? part.put("cursor", found.get(limit - 1)) : part;
  }

  private Operation<?> get() {
    return Operation.waiting(
            "get",
            GET,
            ConfigApi.KEY,
            "Shows a key as its reader sees it; slashes in it need no escape.",
            ReadConfig::ofKey,
            this::get)
        .givingBytes("value");
  }

  private Operation<?> read() {
    return Operation.waiting(
        "read",
        GET,
        ConfigApi.NAMESPACE,
        "Shows the keys of a namespace as their reader sees them, secrets hidden.",
        ReadConfig::ofNamespace,
        this::read);
  }

  private Operation<?> watch() {
    return Operation.feed(
        "watch",
        ConfigApi.NAMESPACE + "/watch",
        "Tells what each key that changed holds now, as its reader sees it.",
        WatchConfig::from,
        (request, patience) ->
            service.watch(request).map(watch -> new WatchFeed(request.namespace(), watch)));
  }

  private Operation<?> export() {
    return Operation.of(
            "export",
            GET,
            ConfigApi.NAMESPACE + "/export",
            "Gives the keys of a namespace as the files of a tar archive, without secrets.",
            ReadConfig::ofNamespace,
            wanted -> service.read(wanted.read()).map(ConfigReadApi::archive))
        .givingBytes("tar");
  }

  private static JsonObject archive(View view) {
    Map<String, Bytes> files = new TreeMap<>();
    view.items().forEach(item -> item.value().ifPresent(bytes -> files.put(item.key(), bytes)));
    return new JsonObject()
        .put("namespace", view.namespace())
        .put("revision", view.revision())
        .put("tar", Buffer.buffer(TarFiles.write(files).unsafeArray()));
  }

  private Future<JsonObject> get(ReadConfig.Waiting request, Future<Void> gone) {
    return waiting(
        request,
        gone,
        () -> service.get(request.read()).map(ConfigReadApi::whole).recover(this::absent),
        ConfigReadApi::requirePresent);
  }

  private Future<JsonObject> read(ReadConfig.Waiting request, Future<Void> gone) {
    return waiting(
        request, gone, () -> service.read(request.read()).map(View::toJson), found -> found);
  }

  /** The value as bytes too, which may be the body. */
  private static JsonObject whole(Item item) {
    JsonObject json = item.head();
    item.value().ifPresent(bytes -> json.put("value", Buffer.buffer(bytes.unsafeArray())));
    item.text().ifPresent(text -> json.put("text", text));
    return json;
  }

  /** A key that is not there has revision 0, so that its creation can be waited for. */
  private Future<JsonObject> absent(Throwable cause) {
    Failure failure = Failure.of(cause);
    return failure.code() == FailureCode.NOT_FOUND
        ? Future.succeededFuture(
            new JsonObject().put("revision", 0L).put("absent", failure.getMessage()))
        : Future.failedFuture(cause);
  }

  private static JsonObject requirePresent(JsonObject found) {
    if (found.containsKey("absent")) {
      throw new Failure(FailureCode.NOT_FOUND, found.getString("absent"));
    }
    return found;
  }

  private interface Read {
    Future<JsonObject> again();
  }

  private Future<JsonObject> waiting(
      ReadConfig.Waiting request,
      Future<Void> gone,
      Read read,
      Function<JsonObject, JsonObject> answer) {
    if (!request.waits()) {
      return read.again().map(answer);
    }
    return service
        .watch(request.watch())
        .compose(
            watch ->
                read.again()
                    .compose(
                        found ->
                            request.known().get().equals(found.getLong("revision"))
                                ? changed(request, gone, watch).compose(done -> read.again())
                                : Future.succeededFuture(found))
                    .onComplete(done -> watch.close()))
        .map(answer);
  }

  /** Completes when what is read changed, or time is up. */
  private static Future<Void> changed(
      ReadConfig.Waiting request, Future<Void> gone, ConfigWatch watch) {
    return Call.unless(gone, watch.next())
        .timeout(request.patience().toMillis(), TimeUnit.MILLISECONDS)
        .<Void>mapEmpty()
        .recover(
            cause ->
                cause instanceof TimeoutException
                    ? Future.succeededFuture()
                    : Future.failedFuture(cause));
  }

  /** A watch as a feed. */
  private static final class WatchFeed implements Feed {
    private final String namespace;
    private final ConfigWatch watch;

    WatchFeed(String namespace, ConfigWatch watch) {
      this.namespace = namespace;
      this.watch = watch;
    }

    @Override
    public Future<JsonObject> next() {
      return watch.next().map(ConfigBatch::toJson);
    }

    @Override
    public JsonObject idle() {
      return new ConfigBatch(namespace, watch.revision(), List.of(), List.of()).toJson();
    }

    @Override
    public void close() {
      watch.close();
    }
  }
}
