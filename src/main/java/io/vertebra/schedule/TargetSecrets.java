package io.vertebra.schedule;

import io.vertebra.api.Failure;
import io.vertebra.crypto.SecretKeys;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Encrypts the secrets of targets, each for its schedule and URL alone. Safe for any thread. */
final class TargetSecrets {
  private volatile SecretKeys keys = new SecretKeys("schedule", List.of());

  /** Encrypts and decrypts with these from now on. */
  void use(SecretKeys known) {
    keys = known;
  }

  /**
   * The schedule with its secret encrypted, if its definition has one; {@code INVALID} without a
   * key.
   */
  Job seal(Job job) {
    if (job.definition().target() instanceof Target.Http http && http.secret().isPresent()) {
      if (keys.isEmpty()) {
        throw Failure.invalid("/target/http/secret", SecretKeys.needed("schedule"));
      }
      byte[] secret = http.secret().get().getBytes(StandardCharsets.UTF_8);
      Target bare = http.with(Optional.empty());
      return job.sealing(job.definition().with(bare), keys.sealText(what(job, http), secret));
    }
    return job;
  }

  /**
   * The secret of a schedule that calls {@code http}; {@code UNAVAILABLE} if the key is not here.
   */
  Optional<String> open(Job job, Target.Http http) {
    return job.sealedSecret()
        .map(hidden -> keys.openText(what(job, http), hidden))
        .map(secret -> new String(secret, StandardCharsets.UTF_8));
  }

  private static String what(Job job, Target.Http http) {
    return "the secret of schedule " + job.name() + " for " + http.url();
  }
}
