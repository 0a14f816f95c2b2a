package io.vertebra.config;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Operation;
import java.util.List;

/** Releases to some. */
final class ConfigGrayApi {
  private static final String GRAYS = ConfigApi.NAMESPACE + "/gray";
  private static final String GRAY = GRAYS + "/:name";

  private final ConfigService service;

  ConfigGrayApi(ConfigService service) {
    this.service = service;
  }

  List<Operation<?>> operations() {
    return List.of(list(), put(), rollBack(), promote());
  }

  private Operation<?> list() {
    return Operation.of(
        "list-gray",
        GET,
        GRAYS,
        "Lists the releases to some in the order in which they count.",
        ConfigApi::namespace,
        namespace ->
            service.grays(namespace).map(all -> ConfigApi.items(all, GrayRelease::toJson)));
  }

  private Operation<?> put() {
    return Operation.of(
        "put-gray",
        PUT,
        GRAY,
        "Releases to those with some labels, to a share of callers, or changes for whom.",
        PutGray::from,
        request -> service.putGray(request).map(Outcome::toJson));
  }

  private Operation<?> rollBack() {
    return Operation.of(
        "roll-back",
        DELETE,
        GRAY,
        "Takes a release to some back.",
        NamedChange::from,
        request -> service.rollBack(request).map(Outcome::toJson));
  }

  private Operation<?> promote() {
    return Operation.of(
        "promote",
        POST,
        GRAY + "/promote",
        "Releases to all what was released to some.",
        NamedChange::from,
        request -> service.promote(request).map(Outcome::toJson));
  }
}
