package io.vertebra.schedule;

import io.vertebra.webhook.WebhookGuard;
import java.net.URI;

/**
 * What happens to a definition before it is kept: its target is looked at, its secret encrypted.
 */
final class TargetCheckService {
  private static final String URL = "/target/http/url";
  private static final String QUEUE = "/target/queue";

  private final WebhookGuard guard;
  private final TargetSecrets secrets;

  TargetCheckService(WebhookGuard guard, TargetSecrets secrets) {
    this.guard = guard;
    this.secrets = secrets;
  }

  /** The schedule as it may be kept; {@code INVALID} if its target is not allowed. */
  Job check(Job job) {
    if (job.definition().target() instanceof Target.Http http) {
      URI url = WebhookGuard.url(http.url(), URL);
      guard.require(url, URL);
    }
    if (job.definition().target() instanceof Target.Queue queue) {
      queue.check(QUEUE);
    }
    return secrets.seal(job);
  }
}
