package io.vertebra.options;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Loads options from all their sources.
 *
 * @param <T> the record of options
 */
public final class OptionsLoader<T> {
  private final Function<Fields, T> reader;
  private final OptionsSchema schema;

  /**
   * @param reader knows all options, their defaults and their rules
   */
  public OptionsLoader(Function<Fields, T> reader) {
    this.reader = reader;
    this.schema = new OptionsSchema(Fields.describe(reader));
  }

  /** The paths of all options there are. */
  public List<String> paths() {
    return schema.options().stream().map(Option::path).toList();
  }

  /**
   * The options, checked.
   *
   * @throws OptionsException with everything wrong in any of the sources
   */
  public LoadedOptions<T> load(OptionsSources sources) {
    OptionsMerge merge = new OptionsMerge(schema);
    sources.file().ifPresent(merge::addFile);
    sources.environment().entrySet().stream()
        .filter(variable -> variable.getKey().startsWith(Option.ENVIRONMENT_PREFIX))
        .sorted(Map.Entry.comparingByKey())
        .forEach(variable -> merge.addVariable(variable.getKey(), variable.getValue()));
    sources.settings().forEach(merge::addSetting);
    return new LoadedOptions<>(read(merge), schema, merge);
  }

  private T read(OptionsMerge merge) {
    List<String> problems = new ArrayList<>(merge.problems());
    try {
      T options = reader.apply(Fields.of(merge.json(), merge::isTextual));
      if (problems.isEmpty()) {
        return options;
      }
    } catch (Failure failure) {
      if (failure.violations().isEmpty()) {
        throw failure;
      }
      failure.violations().forEach(violation -> problems.add(merge.sentence(violation)));
    }
    throw new OptionsException(problems);
  }
}
