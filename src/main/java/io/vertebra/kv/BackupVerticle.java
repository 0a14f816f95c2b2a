package io.vertebra.kv;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.stream.Stream;

/** Offers backups on the api listener of a member. */
public final class BackupVerticle extends VerticleBase {
  /** Paths whose bodies may be as long as the store; they are bounded here. */
  public static final List<String> UPLOADS =
      Stream.of(KvGroup.MAIN_PATH, KvGroup.QUEUE_PATH).map(BackupApi::restore).toList();

  private final Router router;
  private final String path;
  private final BackupService backups;

  /**
   * @param path below which they are
   */
  BackupVerticle(Router router, String path, BackupService backups) {
    this.router = router;
    this.path = path;
    this.backups = backups;
  }

  @Override
  public Future<?> start() {
    return backups.open().onSuccess(opened -> new BackupApi(vertx, path, backups).mount(router));
  }

  @Override
  public Future<?> stop() {
    return backups.close();
  }
}
