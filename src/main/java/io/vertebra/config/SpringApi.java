package io.vertebra.config;

import static io.vertx.core.http.HttpMethod.GET;

import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What clients of Spring Cloud Config ask for, whose repository is a namespace and whose base
 * address ends in its name. Files are keys such as {@code shop-dev.yaml}.
 *
 * <p>Source: Spring Cloud Config, "Environment Repository" and "Locating Remote Configuration
 * Resources": what comes first counts.
 */
final class SpringApi {
  private static final String BASE = "/spring/:namespace/:name/:profile";
  private static final List<String> ENDS = List.of(".properties", ".yml", ".yaml", ".json");

  private final ConfigService service;

  SpringApi(ConfigService service) {
    this.service = service;
  }

  /**
   * What is asked for.
   *
   * @param label a revision, or what readers are for gray releases; empty for neither
   */
  private record Wanted(String namespace, String name, List<String> profiles, String label) {
    ReadConfig read() {
      ReadConfig all = ReadConfig.all(namespace);
      boolean revision = label.matches("[1-9][0-9]{0,17}");
      return revision
          ? all.at(Long.parseLong(label))
          : label.isEmpty() ? all : all.as(new Audience("", Set.of("label:" + label)));
    }

    /** Names of files without their ends, what counts most at first. */
    Set<String> files() {
      List<String> names = new ArrayList<>(List.of(name.split(",", -1)));
      names.removeIf("application"::equals);
      Collections.reverse(names);
      names.add("application");
      List<String> last = new ArrayList<>(profiles);
      Collections.reverse(last);
      Set<String> files = new LinkedHashSet<>();
      last.forEach(profile -> names.forEach(each -> files.add(each + "-" + profile)));
      files.addAll(names);
      return files;
    }
  }

  List<Operation<?>> operations() {
    return List.of(
        Operation.of(
            "spring",
            GET,
            BASE,
            "Answers clients of Spring Cloud Config, whose base address is /spring/{namespace}.",
            fields -> wanted(fields, Optional.empty()),
            this::answer),
        Operation.of(
            "spring-label",
            GET,
            BASE + "/:label",
            "The same as of a revision, or for those with the label label:{label}.",
            fields ->
                wanted(fields, fields.text("label", 1, 90).about("What is wanted.").optional()),
            this::answer));
  }

  private static Wanted wanted(Fields fields, Optional<String> label) {
    String namespace = Names.namespace(fields).required();
    String name = fields.text("name", 1, 200).about("The application.").required();
    String profile = fields.text("profile", 1, 200).about("Profiles, by commas.").required();
    return fields.build(
        () -> new Wanted(namespace, name, List.of(profile.split(",", -1)), label.orElse("")));
  }

  private Future<JsonObject> answer(Wanted wanted) {
    return service.read(wanted.read()).map(view -> environment(wanted, view));
  }

  private static JsonObject environment(Wanted wanted, View view) {
    Map<String, Item> items = new HashMap<>();
    view.items().forEach(item -> items.put(item.key(), item));
    JsonArray sources = new JsonArray();
    for (String file : wanted.files()) {
      for (String end : ENDS) {
        Optional.ofNullable(items.get(file + end)).ifPresent(item -> add(sources, wanted, item));
      }
    }
    return new JsonObject()
        .put("name", wanted.name())
        .put("profiles", new JsonArray(wanted.profiles()))
        .put("label", wanted.label().isEmpty() ? null : wanted.label())
        .put("version", Long.toString(view.revision()))
        .putNull("state")
        .put("propertySources", sources);
  }

  private static void add(JsonArray sources, Wanted wanted, Item item) {
    item.text()
        .ifPresent(
            text ->
                sources.add(
                    new JsonObject()
                        .put("name", "vertebra:" + wanted.namespace() + "/" + item.key())
                        .put("source", new JsonObject(Flat.of(item.mediaType(), text)))));
  }
}
