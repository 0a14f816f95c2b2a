package io.vertebra.counter;

import io.vertebra.api.Backend;
import io.vertebra.api.Fields;

/**
 * How counters are kept.
 *
 * @param backend {@code kv} unless given, or {@code redis}
 */
public record CounterOptions(Backend backend) {

  public static CounterOptions from(Fields fields) {
    Backend backend =
        fields
            .choice("backend", Backend.class)
            .matching(each -> each != Backend.SQL, "must be kv or redis")
            .about("Where counters are kept.")
            .orElse(Backend.KV);
    return fields.build(() -> new CounterOptions(backend));
  }
}
