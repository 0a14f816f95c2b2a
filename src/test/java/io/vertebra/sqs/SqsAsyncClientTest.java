package io.vertebra.sqs;

import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.batchmanager.SqsAsyncBatchManager;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;

/** The other client of the AWS SDK, over Netty, and what makes batches of it by itself. */
final class SqsAsyncClientTest {
  private final SqsRig rig = new SqsRig();
  private final SqsAsyncClient sqs =
      SqsAsyncClient.builder()
          .endpointOverride(URI.create(rig.node.url()))
          .region(Region.EU_CENTRAL_1)
          .credentialsProvider(AnonymousCredentialsProvider.create())
          .build();

  @AfterEach
  void close() {
    sqs.close();
    rig.close();
  }

  private static <T> T join(CompletableFuture<T> future) {
    return future.orTimeout(10, TimeUnit.SECONDS).join();
  }

  @Test
  void waitsForMessagesAndSendsThemInBatches() {
    String url = join(sqs.createQueue(queue -> queue.queueName("orders"))).queueUrl();
    CompletableFuture<ReceiveMessageResponse> waiting =
        sqs.receiveMessage(ask -> ask.queueUrl(url).waitTimeSeconds(20));
    eventually(() -> assertThat(rig.waiting()).isEqualTo(1));
    try (SqsAsyncBatchManager batches = sqs.batchManager()) {
      List<CompletableFuture<SendMessageResponse>> sent =
          IntStream.range(0, 25)
              .mapToObj(i -> batches.sendMessage(to -> to.queueUrl(url).messageBody("m" + i)))
              .toList();
      sent.forEach(SqsAsyncClientTest::join);
    }
    assertThat(join(waiting).messages()).hasSize(1);
  }

  @Test
  void endsAWaitThatIsCancelled() {
    String url = join(sqs.createQueue(queue -> queue.queueName("orders"))).queueUrl();
    CompletableFuture<ReceiveMessageResponse> waiting =
        sqs.receiveMessage(ask -> ask.queueUrl(url).waitTimeSeconds(20));
    eventually(() -> assertThat(rig.waiting()).isEqualTo(1));
    waiting.cancel(true);
    eventually(() -> assertThat(rig.waiting()).isZero());
  }
}
