package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.auth.DocumentId.Kind;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Roles, each of which is a name for some permissions. {@code admin} is one for all. */
final class RoleService {
  static final String ADMIN = "admin";

  private final AuthStore store;
  private final LiveView view;
  private final Clock clock;

  RoleService(AuthStore store, LiveView view, Clock clock) {
    this.store = store;
    this.view = view;
    this.clock = clock;
  }

  private static DocumentId id(String name) {
    if (!name.matches("[a-z][a-z0-9._-]{0,99}") || name.equals(ADMIN)) {
      throw Failure.invalid("/name", "must have 1 to 100 of a-z 0-9 . _ - and not be " + ADMIN);
    }
    return new DocumentId(Kind.ROLE, name);
  }

  Future<JsonObject> put(String name, List<Permission> permissions, Guard guard) {
    JsonArray list = new JsonArray();
    permissions.forEach(each -> list.add(each.toString()));
    JsonObject value = new JsonObject().put("permissions", list);
    return store
        .commit(List.of(Change.put(id(name), value, 0)), guard)
        .map(done -> value.copy().put("name", name));
  }

  Future<JsonObject> delete(String name, Guard guard) {
    return store
        .commit(List.of(Change.remove(id(name))), guard)
        .map(done -> new JsonObject().put("name", name));
  }

  JsonObject list() {
    JsonArray items = new JsonArray();
    for (Document role : view.all(Kind.ROLE)) {
      items.add(role.value().copy().put("name", role.id().name()));
    }
    return new JsonObject().put("items", items);
  }

  /** What all of these roles may; nothing for one that is not there. */
  Set<Permission> permissions(List<String> roles) {
    Set<Permission> all = new LinkedHashSet<>();
    for (String role : roles) {
      if (role.equals(ADMIN)) {
        all.add(Permission.ALL);
      }
      view.find(Kind.ROLE, role, clock.millis())
          .ifPresent(
              found ->
                  User.texts(found.value(), "permissions")
                      .forEach(each -> all.add(Permission.parse(each))));
    }
    return all;
  }
}
