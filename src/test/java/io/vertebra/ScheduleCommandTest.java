package io.vertebra;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.schedule.ScheduleOptions;
import io.vertebra.schedule.ScheduleVerticle;
import io.vertebra.testkit.KvNode;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ScheduleCommandTest {
  private final KvNode node = new KvNode();

  @BeforeEach
  void open() {
    String unused =
        await(
            node.vertx.deployVerticle(
                ScheduleVerticle.stored(
                    node.kernel,
                    ScheduleOptions.DEFAULTS,
                    node.kv(),
                    AllowedHosts.of(List.of(AllowedHosts.PUBLIC)),
                    1)));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private String run(String... words) throws IOException {
    URI url = URI.create(node.url());
    return new ScheduleCommand(url, Optional.empty()).run(Arguments.parse(words).words());
  }

  private void put(String name) {
    JsonObject schedule =
        new JsonObject()
            .put("name", name)
            .put("timetable", new JsonObject().put("at", "2030-01-02T00:00:00Z"))
            .put("target", new JsonObject().put("bus", new JsonObject().put("address", "nobody")));
    JsonObject unused = await(node.callByBus("schedule.put", schedule));
  }

  @Test
  void listsAllSchedulesHoweverManyPagesThatTakes() throws IOException {
    for (int i = 100; i < 205; i++) {
      put("s" + i);
    }
    JsonObject unused =
        await(node.callByBus("schedule.pause", new JsonObject().put("name", "s204")));
    assertThat(run("schedule", "list").lines())
        .hasSize(105)
        .contains("s100 2030-01-02T00:00:00Z", "s204 paused");
  }

  @Test
  void previewsAndTriggers() throws IOException {
    put("a");
    assertThat(run("schedule", "preview", "a")).isEqualTo("2030-01-02T00:00:00Z regular");
    assertThat(run("schedule", "trigger", "a")).isEqualTo("a@2030-01-01T00:00:00Z");
    assertThatThrownBy(() -> run("schedule", "trigger", "b"))
        .isInstanceOf(IOException.class)
        .hasMessage("there is no schedule b");
  }

  @Test
  void saysWhatIsMisspelt() {
    assertThatThrownBy(() -> Arguments.parse("schedule", "shout"))
        .hasMessage("schedule wants list, preview or trigger");
    assertThatThrownBy(() -> Arguments.parse("schedule", "preview"))
        .hasMessage("write schedule preview NAME");
  }
}
