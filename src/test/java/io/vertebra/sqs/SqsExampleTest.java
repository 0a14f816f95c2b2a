package io.vertebra.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** The example of {@code docs/sqs.md}. */
final class SqsExampleTest {
  private final SqsRig rig = new SqsRig();
  private final List<String> seen = new ArrayList<>();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void sendsAndReceives() {
    String address = rig.node.url();
    String apiKey = "of-nobody";
    SqsClient sqs =
        SqsClient.builder()
            .endpointOverride(URI.create(address))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsSessionCredentials.create("any", "any", apiKey)))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    String url = sqs.createQueue(queue -> queue.queueName("orders")).queueUrl();
    sqs.sendMessage(to -> to.queueUrl(url).messageBody("17 pens"));
    for (Message order :
        sqs.receiveMessage(ask -> ask.queueUrl(url).waitTimeSeconds(20)).messages()) {
      seen.add(order.body());
      sqs.deleteMessage(done -> done.queueUrl(url).receiptHandle(order.receiptHandle()));
    }
    sqs.close();
    assertThat(seen).containsExactly("17 pens");
  }
}
