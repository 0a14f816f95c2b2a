package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.WebClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which requests are logged, and what of them. */
final class AccessLogTest {
  private static final Logger LOGGER = Logger.getLogger("io.vertebra.access");

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          lines.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private Level before;
  private GatewayRig rig;

  @BeforeEach
  void listen() {
    before = LOGGER.getLevel();
    LOGGER.setLevel(Level.INFO);
    LOGGER.addHandler(handler);
    LOGGER.setUseParentHandlers(false);
  }

  @AfterEach
  void stop() {
    LOGGER.removeHandler(handler);
    LOGGER.setLevel(before);
    rig.close();
  }

  @Test
  void tellsWhatBecameOfARequestButNotItsQuery() {
    rig = new GatewayRig(new JsonObject().put("accessLogRatio", 1.0));
    HttpServer origin = rig.origin(request -> request.response().end("hello"));
    rig.routeAllTo(origin.actualPort());
    get("/a?password=1");
    eventually(
        () ->
            assertThat(lines)
                .singleElement()
                .asString()
                .startsWith("gateway.request method=GET host=127.0.0.1:" + rig.port())
                .contains(" path=/a status=200 ", " bytes=5 route=all ", " retries=0 ")
                .contains(" endpoint=127.0.0.1:" + origin.actualPort(), " client=127.0.0.1 ")
                .doesNotContain("password"));
  }

  @Test
  void logsEveryFailureAndOfTheRestTheShareAskedFor() {
    rig = new GatewayRig();
    HttpServer origin =
        rig.origin(
            request ->
                request.response().setStatusCode(request.path().equals("/bad") ? 500 : 200).end());
    rig.routeAllTo(origin.actualPort());
    get("/good");
    get("/bad");
    eventually(() -> assertThat(lines).singleElement().asString().contains("path=/bad status=500"));
    rig.route(new JsonObject().put("name", "all").put("upstream", "web").put("logRatio", 1));
    get("/good");
    eventually(() -> assertThat(lines).hasSize(2));
  }

  private void get(String uri) {
    await(WebClient.create(rig.vertx).get(rig.port(), GatewayRig.HOST, uri).send());
  }
}
