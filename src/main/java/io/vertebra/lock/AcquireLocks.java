package io.vertebra.lock;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Asks for several locks at once.
 *
 * @param names 1 to {@value #MAX_NAMES}, in order
 * @param each what is asked of each; its name is of no meaning
 */
public record AcquireLocks(List<String> names, AcquireLock each) {
  static final int MAX_NAMES = 12;

  public AcquireLocks {
    names = List.copyOf(new TreeSet<>(names));
    if (names.isEmpty() || names.size() > MAX_NAMES) {
      throw Failure.invalid("/names", "must have 1 to " + MAX_NAMES + " items");
    }
    names.forEach(name -> LockNames.require("/names", name));
    if (each.reentrant()) {
      throw Failure.invalid("/reentrant", "is not for several locks at once");
    }
  }

  static AcquireLocks from(Fields fields) {
    List<String> names =
        fields.texts("names", MAX_NAMES, 200).about("All of which are wanted.").required();
    Supplier<AcquireLock> each = AcquireLock.unnamed(fields);
    return fields.build(() -> new AcquireLocks(names, each.get()));
  }

  List<AcquireLock> requests() {
    return names.stream().map(each::named).toList();
  }

  JsonObject toJson() {
    JsonObject json = each.toJson().put("names", new JsonArray(new java.util.ArrayList<>(names)));
    Object unused = json.remove("name");
    return json;
  }
}
