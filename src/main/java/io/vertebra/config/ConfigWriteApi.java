package io.vertebra.config;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Supplier;

/** Releases to all, and the schemas that they keep to. */
final class ConfigWriteApi {
  private static final String SCHEMA = ConfigApi.NAMESPACE + "/schemas/:name";

  private final ConfigService service;

  ConfigWriteApi(ConfigService service) {
    this.service = service;
  }

  List<Operation<?>> operations() {
    return List.of(
        put(), delete(), release(), load(), putSchema(), deleteSchema(), schemas(), reEncrypt());
  }

  private Operation<?> put() {
    return Operation.of(
            "put",
            PUT,
            ConfigApi.KEY,
            "Releases one key; a body that is not JSON is its value.",
            Release::ofPut,
            request -> service.release(request).map(Outcome::toJson))
        .takingBytes("value");
  }

  private Operation<?> delete() {
    return Operation.of(
        "delete",
        DELETE,
        ConfigApi.KEY,
        "Removes one key, as a release.",
        Release::ofDelete,
        request -> service.release(request).map(Outcome::toJson));
  }

  private Operation<?> release() {
    return Operation.of(
        "release",
        POST,
        ConfigApi.NAMESPACE + "/releases",
        "Changes several keys at one revision, or none of them.",
        Release::from,
        request -> service.release(request).map(Outcome::toJson));
  }

  private Operation<?> load() {
    return Operation.of(
            "import",
            POST,
            ConfigApi.NAMESPACE + "/import",
            "Releases what was read or exported; a body that is not JSON is a tar archive.",
            LoadConfig::from,
            request -> service.load(request).map(Outcome::toJson))
        .takingBytes("tar");
  }

  private Operation<?> putSchema() {
    return Operation.of(
        "put-schema",
        PUT,
        SCHEMA,
        "Puts a JSON Schema that the values of some keys keep to from then on.",
        PutRule::from,
        request -> service.putRule(request).map(Outcome::toJson));
  }

  private Operation<?> deleteSchema() {
    return Operation.of(
        "delete-schema",
        DELETE,
        SCHEMA,
        "Removes a schema.",
        NamedChange::from,
        request -> service.deleteRule(request).map(Outcome::toJson));
  }

  private Operation<?> schemas() {
    return Operation.of(
        "list-schemas",
        GET,
        ConfigApi.NAMESPACE + "/schemas",
        "Lists the schemas of a namespace.",
        ConfigApi::namespace,
        namespace -> service.rules(namespace).map(all -> ConfigApi.items(all, ValueRule::toJson)));
  }

  private record ReEncrypt(String namespace, Terms terms) {}

  private Operation<?> reEncrypt() {
    return Operation.of(
        "re-encrypt",
        POST,
        ConfigApi.NAMESPACE + "/re-encrypt",
        "Encrypts secrets anew that another key than the first one encrypted, 50 at a time.",
        ConfigWriteApi::readReEncrypt,
        request ->
            service
                .reEncrypt(request.namespace(), request.terms())
                .map(left -> new JsonObject().put("left", left)));
  }

  private static ReEncrypt readReEncrypt(Fields fields) {
    String namespace = Names.namespace(fields).required();
    Supplier<Terms> terms = Terms.reading(fields);
    return fields.build(() -> new ReEncrypt(namespace, terms.get()));
  }
}
