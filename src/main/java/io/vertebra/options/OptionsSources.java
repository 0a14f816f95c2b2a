package io.vertebra.options;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where options come from, the weakest first.
 *
 * @param file a YAML file that must exist; empty for none
 * @param environment all variables of the process; only those that begin with {@code VERTEBRA_}
 *     count
 * @param settings of the form {@code path=value}; the last one of a path wins
 */
public record OptionsSources(
    Optional<Path> file, Map<String, String> environment, List<String> settings) {

  public OptionsSources {
    environment = Map.copyOf(environment);
    settings = List.copyOf(settings);
  }
}
