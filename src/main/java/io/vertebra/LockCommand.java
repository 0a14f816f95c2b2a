package io.vertebra;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What {@code vertebra lock run} does: holds a lock while a command runs, renewing it each third of
 * its lease. The command finds {@code VERTEBRA_LOCK_NAME}, {@code VERTEBRA_LOCK_TOKEN} and {@code
 * VERTEBRA_LOCK_FENCE} in its environment. When the lock is lost, or its lease has surely ended
 * without an answer, the command gets SIGTERM, and SIGKILL 5 s later. Blocks.
 *
 * <p>The codes are those of BSD's {@code sysexits.h} where it has one.
 */
final class LockCommand {
  static final int MISSPELT = 64;
  static final int UNAVAILABLE = 69;
  static final int NOT_FREE = 75;
  static final int LOST = 76;

  private static final int CONNECT_TIMEOUT_MS = 2_000;
  private static final int ANSWER_TIMEOUT_MS = 10_000;
  private static final long MERCY_SECONDS = 5;
  private static final int CONFLICT = 409;

  private final URI url;
  private final Optional<String> secret;
  private final LongSupplier nanoTime;
  private final Consumer<String> complain;
  private final String owner = "lock-run-" + UUID.randomUUID();

  /**
   * @param url of the node's API
   * @param secret to be sent along
   * @param complain told why the command could not be run, or was ended
   */
  LockCommand(URI url, Optional<String> secret, LongSupplier nanoTime, Consumer<String> complain) {
    this.url = url;
    this.secret = secret;
    this.nanoTime = nanoTime;
    this.complain = complain;
  }

  /** The answer of a node. */
  private record Answer(int status, JsonObject body) {
    boolean isDone() {
      return status == 200;
    }
  }

  /** Runs the command under the lock; its exit code, or one of those above. */
  int run(LockRun run) {
    long sent = nanoTime.getAsLong();
    Answer answer;
    try {
      answer = acquire(run);
    } catch (IOException e) {
      complain.accept(url + ": " + e.getMessage());
      return UNAVAILABLE;
    }
    if (!answer.isDone()) {
      complain.accept(answer.body().getString("detail", "answers " + answer.status()));
      return answer.status() == CONFLICT
          ? NOT_FREE
          : answer.status() / 100 == 4 ? MISSPELT : UNAVAILABLE;
    }
    long waited = answer.body().getLong("waitedMs", 0L);
    long token = answer.body().getLong("token");
    return hold(run, token, sent + TimeUnit.MILLISECONDS.toNanos(waited));
  }

  private int hold(LockRun run, long token, long since) {
    Process process;
    try {
      process = start(run, token);
    } catch (IOException e) {
      complain.accept(String.valueOf(e.getMessage()));
      release(run, token);
      return MISSPELT;
    }
    Thread ending = new Thread(() -> end(process), "lock-run-end");
    Runtime.getRuntime().addShutdownHook(ending);
    try {
      return watch(run, token, since, process);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end(process);
      return LOST;
    } finally {
      release(run, token);
    }
  }

  private int watch(LockRun run, long token, long since, Process process)
      throws InterruptedException {
    long third = run.lease().toNanos() / 3;
    long held = since;
    while (true) {
      long wait = Math.min(third, Math.max(1, held + run.lease().toNanos() - nanoTime.getAsLong()));
      if (process.waitFor(wait, TimeUnit.NANOSECONDS)) {
        return process.exitValue();
      }
      long asked = nanoTime.getAsLong();
      Optional<Boolean> kept = renew(run, token);
      if (kept.orElse(false)) {
        held = asked;
      } else if (kept.isPresent() || nanoTime.getAsLong() - held >= run.lease().toNanos()) {
        complain.accept("lock " + run.name() + " was lost; the command is ended");
        end(process);
        return LOST;
      }
    }
  }

  /** Whether it is held; empty if nobody knows. */
  private Optional<Boolean> renew(LockRun run, long token) {
    JsonObject body = new JsonObject().put("owner", owner).put("token", token);
    int timeout = (int) Math.min(ANSWER_TIMEOUT_MS, Math.max(100, run.lease().toMillis() / 3));
    try {
      Answer answer = ask("POST", path(run.name()), Optional.of(body), timeout);
      return answer.isDone()
          ? Optional.of(true)
          : answer.status() == CONFLICT ? Optional.of(false) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Process start(LockRun run, long token) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(run.command()).inheritIO();
    builder.environment().put("VERTEBRA_LOCK_NAME", run.name());
    builder.environment().put("VERTEBRA_LOCK_TOKEN", Long.toString(token));
    builder.environment().put("VERTEBRA_LOCK_FENCE", run.name() + "@" + token);
    return builder.start();
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(MERCY_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void release(LockRun run, long token) {
    try {
      Answer unused =
          ask(
              "DELETE",
              path(run.name()) + "?owner=" + owner + "&token=" + token,
              Optional.empty(),
              ANSWER_TIMEOUT_MS);
    } catch (IOException e) {
      complain.accept("the lock was not given back and ends with its lease: " + e.getMessage());
    }
  }

  private Answer acquire(LockRun run) throws IOException {
    Duration patience = run.patience();
    JsonObject body =
        new JsonObject()
            .put("owner", owner)
            .put("leaseMs", run.lease().toMillis())
            .put("waitMs", patience.toMillis());
    int timeout = Math.toIntExact(patience.toMillis()) + ANSWER_TIMEOUT_MS;
    return ask("PUT", path(run.name()), Optional.of(body), timeout);
  }

  private static String path(String name) {
    return "/api/v1/locks/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private Answer ask(String method, String path, Optional<JsonObject> body, int timeoutMs)
      throws IOException {
    if (!(url.resolve(path).toURL().openConnection() instanceof HttpURLConnection connection)) {
      throw new IOException("is no HTTP address");
    }
    connection.setRequestMethod(method);
    connection.setConnectTimeout(Math.min(CONNECT_TIMEOUT_MS, timeoutMs));
    connection.setReadTimeout(timeoutMs);
    secret.ifPresent(word -> connection.setRequestProperty("Authorization", "Bearer " + word));
    if (body.isPresent()) {
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setDoOutput(true);
      try (java.io.OutputStream out = connection.getOutputStream()) {
        out.write(body.get().encode().getBytes(StandardCharsets.UTF_8));
      }
    }
    int status = connection.getResponseCode();
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new Answer(status, text.isEmpty() ? new JsonObject() : new JsonObject(text));
    } catch (DecodeException e) {
      throw new IOException("answers " + status + ", but no JSON", e);
    }
  }
}
