package io.vertebra;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
final class ClusterCommandTest {
  private static final String ID = "00000000000000ab";
  private static final JsonObject GROUP =
      new JsonObject()
          .put("clusterId", "0000000000000007")
          .put("term", 3)
          .put(
              "members",
              new JsonArray()
                  .add(
                      member(ID, "10.0.0.1:6701", "leader", true)
                          .put("commitIndex", 12)
                          .put("appliedIndex", 11)
                          .put("name", "ann"))
                  .add(member("00000000000000cd", "10.0.0.22:6701", "follower", false)));

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private volatile JsonObject answer = GROUP;
  private volatile JsonObject queues =
      new JsonObject().put("term", 0).put("members", new JsonArray());
  private ClusterCommand command;

  private static JsonObject member(String id, String address, String role, boolean reachable) {
    return new JsonObject()
        .put("id", id)
        .put("address", address)
        .put("role", role)
        .put("reachable", reachable);
  }

  @BeforeEach
  void listen(Vertx vertx) {
    HttpServer server = vertx.createHttpServer().requestHandler(this::answer);
    int port = await(server.listen(0, "127.0.0.1")).actualPort();
    URI url = URI.create("http://127.0.0.1:" + port);
    command = new ClusterCommand(url, Optional.of("secret"));
  }

  private void answer(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              String token = request.getHeader("authorization");
              asked.add(request.method() + " " + request.uri() + " " + token + " " + body);
              JsonObject told = request.uri().endsWith("/queue") ? queues : answer;
              var unused = request.response().setStatusCode(status).end(told.toBuffer());
            });
  }

  @Test
  void showsATable() throws IOException {
    assertThat(command.run(List.of("status")).lines())
        .containsExactly(
            "cluster 0000000000000007, term 3",
            "ID                ADDRESS         ROLE      REACHABLE  COMMITTED  APPLIED  NAME",
            "00000000000000ab  10.0.0.1:6701   leader    yes        12         11       ann",
            "00000000000000cd  10.0.0.22:6701  follower  no         -          -");
    assertThat(asked)
        .containsExactly(
            "GET /api/v1/raft Bearer secret ", "GET /api/v1/raft/queue Bearer secret ");
  }

  @Test
  void showsTheGroupOfTheQueuesWhereThereIsOne() throws IOException {
    queues = GROUP.copy().put("term", 9);
    assertThat(command.run(List.of("status")).lines())
        .hasSize(9)
        .contains("cluster 0000000000000007, term 3", "", "queues, term 9");
  }

  @Test
  void asksForChanges() throws IOException {
    assertThat(command.run(List.of("add", "10.0.0.3:6701"))).contains("term 3");
    assertThat(command.run(List.of("remove", ID))).contains("term 3");
    assertThat(command.run(List.of("replace", ID, "10.0.0.3:6701"))).contains("term 3");
    assertThat(asked)
        .containsExactly(
            "POST /api/v1/raft/members Bearer secret {\"address\":\"10.0.0.3:6701\"}",
            "DELETE /api/v1/raft/members/" + ID + " Bearer secret ",
            "POST /api/v1/raft/members/"
                + ID
                + "/replace Bearer secret {\"by\":{\"address\":\"10.0.0.3:6701\"}}");
  }

  @Test
  void tellsWhyAChangeWasRefused() {
    status = 409;
    answer = new JsonObject().put("detail", "it is the last member");
    assertThatThrownBy(() -> command.run(List.of("remove", ID)))
        .isInstanceOf(IOException.class)
        .hasMessage("it is the last member");
  }

  @Test
  void knowsItsWords() {
    for (String line :
        List.of("", "list", "status now", "add", "remove", "remove 7", "replace " + ID)) {
      List<String> words = line.isEmpty() ? List.of() : List.of(line.split(" "));
      assertThatThrownBy(() -> ClusterCommand.check(words))
          .as(line)
          .isInstanceOf(IllegalArgumentException.class);
    }
    ClusterCommand.check(List.of("status"));
    ClusterCommand.check(List.of("add", "10.0.0.3:6701"));
    ClusterCommand.check(List.of("replace", ID, "10.0.0.3:6701"));
  }
}
