package io.vertebra.auth;

import io.vertebra.api.Fields;
import io.vertebra.auth.password.HashCost;
import io.vertebra.auth.password.PasswordRules;

/**
 * The section {@code auth.passwords}.
 *
 * @param rules JSON {@code minLength}, 8 to 64, 8 unless given
 * @param cost of a hash: JSON {@code memoryKib}, {@code passes} and {@code lanes}, 19,456, 2 and 1
 *     unless given
 * @param threads hashes computed at once, 1 to 64, 2 unless given
 * @param maxQueue hashes that may wait, 0 to 10,000, 64 unless given
 */
public record PasswordOptions(PasswordRules rules, HashCost cost, int threads, int maxQueue) {

  static PasswordOptions from(Fields fields) {
    int minLength =
        fields.integer("minLength", 8, 64).about("Fewest characters of a password.").orElse(8);
    int memoryKib =
        fields
            .integer("memoryKib", 8, 1 << 20)
            .about("Memory of each hash by Argon2id, in KiB.")
            .orElse(19_456);
    int passes = fields.integer("passes", 1, 100).about("Passes over that memory.").orElse(2);
    int lanes = fields.integer("lanes", 1, 16).about("Lanes of that memory.").orElse(1);
    int threads = fields.integer("threads", 1, 64).about("Hashes computed at once.").orElse(2);
    int maxQueue =
        fields
            .integer("maxQueue", 0, 10_000)
            .about("Hashes that may wait for a thread.")
            .orElse(64);
    return fields.build(
        () ->
            new PasswordOptions(
                new PasswordRules(minLength),
                new HashCost(memoryKib, passes, lanes),
                threads,
                maxQueue));
  }
}
