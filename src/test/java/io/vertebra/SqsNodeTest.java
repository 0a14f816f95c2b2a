package io.vertebra;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Fields;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** Whole nodes that ask clients of SQS who they are. */
final class SqsNodeTest {
  private static final String TOKEN = "a-token-of-the-api-16";

  private final Vertx outside = Vertx.vertx();
  private final WebClient web = WebClient.create(outside);
  @TempDir Path folder;
  private Vertebra node;

  @AfterEach
  void stop() throws TimeoutException {
    node.close().await(20, TimeUnit.SECONDS);
    await(outside.close());
  }

  private void start(JsonObject options) throws TimeoutException {
    for (String section : new String[] {"api", "gateway", "cluster", "raft"}) {
      options.put(section, options.getJsonObject(section, new JsonObject()).put("port", 0));
    }
    options.getJsonObject("raft").put("folder", folder.resolve("kv").toString());
    node =
        Vertebra.start(VertebraOptions.from(Fields.of(options)), Clock.systemUTC())
            .await(30, TimeUnit.SECONDS);
  }

  private SqsClient client(AwsCredentials credentials) {
    return SqsClient.builder()
        .endpointOverride(URI.create(node.listening().get("api")))
        .region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(credentials))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  private SqsClient clientWith(String token) {
    return client(AwsSessionCredentials.create("any", "any", token));
  }

  private static void assertRefused(int status, String code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SqsException.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(status);
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
            });
  }

  @Test
  void letsClientsDoWhatTheirKeyMay() throws TimeoutException {
    start(new JsonObject().put("auth", new JsonObject().put("enabled", true)));
    String admin = await(node.firstKey());
    String key = apiKey(admin, "queues:write:orders");
    try (SqsClient all = clientWith(admin);
        SqsClient some = clientWith(key);
        SqsClient wrong = clientWith("vk_wrong");
        SqsClient none = client(AwsBasicCredentials.create(admin, admin))) {
      eventually(() -> all.createQueue(queue -> queue.queueName("orders")));
      String other = all.createQueue(queue -> queue.queueName("other")).queueUrl();
      String url = other.replace("other", "orders");
      some.sendMessage(to -> to.queueUrl(url).messageBody("x"));
      assertThat(some.receiveMessage(ask -> ask.queueUrl(url)).messages()).hasSize(1);
      assertRefused(
          403, "AccessDenied", () -> some.sendMessage(to -> to.queueUrl(other).messageBody("x")));
      assertRefused(403, "AccessDenied", () -> some.getQueueUrl(ask -> ask.queueName("orders")));
      assertRefused(403, "AccessDenied", () -> some.listQueues());
      assertRefused(
          403,
          "UnrecognizedClientException",
          () -> wrong.sendMessage(to -> to.queueUrl(url).messageBody("x")));
      assertRefused(
          403,
          "UnrecognizedClientException",
          () -> none.getQueueUrl(ask -> ask.queueName("orders")));
    }
    assertThat(bearer("Bearer " + key).statusCode()).as("as curl does").isEqualTo(200);
    assertThat(bearer("Bearer vk_wrong").statusCode()).isEqualTo(403);
  }

  private HttpResponse<Buffer> bearer(String credential) {
    return await(
        web.requestAbs(HttpMethod.POST, node.listening().get("api") + "/")
            .putHeader("Authorization", credential)
            .putHeader("X-Amz-Target", "AmazonSQS.SendMessage")
            .sendBuffer(Buffer.buffer("{\"QueueUrl\":\"orders\",\"MessageBody\":\"x\"}")));
  }

  private String apiKey(String admin, String permission) {
    HttpResponse<Buffer> made =
        await(
            web.requestAbs(HttpMethod.POST, node.listening().get("api") + "/api/v1/auth/api-keys")
                .putHeader("Authorization", "Bearer " + admin)
                .sendJsonObject(
                    new JsonObject()
                        .put("owner", "shop")
                        .put("permissions", new JsonArray().add(permission))));
    assertThat(made.statusCode()).as(made.bodyAsString()).isEqualTo(200);
    return made.bodyAsJsonObject().getString("key");
  }

  @Test
  void takesTheTokenOfTheListenerForASession() throws TimeoutException {
    start(new JsonObject().put("api", new JsonObject().put("token", TOKEN)));
    try (SqsClient good = clientWith(TOKEN);
        SqsClient bad = clientWith(TOKEN + "7")) {
      eventually(() -> good.createQueue(queue -> queue.queueName("orders")));
      assertThatThrownBy(() -> bad.listQueues())
          .isInstanceOfSatisfying(
              SqsException.class, e -> assertThat(e.statusCode()).isEqualTo(401));
    }
  }
}
