package io.vertebra.config;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The operations on configuration: the one place that names them, with the parts of it. */
final class ConfigApi {
  static final String CONCERN = "config";
  static final String ADDRESS = "vertebra." + CONCERN;
  static final String EVENTS = ADDRESS + ".events";
  static final String ROOT = "/api/v1/config";
  static final String NAMESPACE = ROOT + "/:namespace";
  static final String KEY = NAMESPACE + "/keys/*key";

  private ConfigApi() {}

  static Api of(ConfigService service) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        Stream.of(
                new ConfigReadApi(service).operations(),
                new ConfigWriteApi(service).operations(),
                new ConfigGrayApi(service).operations(),
                new ConfigHistoryApi(service).operations(),
                new SpringApi(service).operations())
            .flatMap(List::stream)
            .toList());
  }

  static String namespace(Fields fields) {
    String namespace = Names.namespace(fields).required();
    return fields.build(() -> namespace);
  }

  static <T> JsonObject items(List<T> list, Function<T, JsonObject> encoder) {
    JsonArray items = new JsonArray();
    list.forEach(each -> items.add(encoder.apply(each)));
    return new JsonObject().put("items", items);
  }

  static JsonObject event(String namespace, Released released) {
    return released.toJson().put("namespace", namespace);
  }
}
