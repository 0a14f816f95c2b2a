package io.vertebra.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.testkit.RedisNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueNameExistsException;
import software.amazon.awssdk.services.sqs.model.ReceiptHandleIsInvalidException;

/** The AWS SDK as it is, with queues in Redis. */
final class SqsRedisTest {
  private final RedisNode redis = new RedisNode();
  private final SqsRig rig = new SqsRig(redis);
  private final SqsClient sqs = rig.client();

  @AfterEach
  void close() {
    sqs.close();
    rig.close();
    redis.close();
  }

  private List<Message> receive(String url) {
    return sqs.receiveMessage(
            ask ->
                ask.queueUrl(url)
                    .maxNumberOfMessages(10)
                    .waitTimeSeconds(2)
                    .messageAttributeNames("All")
                    .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
        .messages();
  }

  @Test
  void givesUpWhatIsReceivedTooOften() {
    String dead = sqs.createQueue(queue -> queue.queueName("failed")).queueUrl();
    String policy =
        "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:failed\","
            + "\"maxReceiveCount\":2}";
    Map<QueueAttributeName, String> attributes =
        Map.of(QueueAttributeName.REDRIVE_POLICY, policy, QueueAttributeName.DELAY_SECONDS, "0");
    String url =
        sqs.createQueue(queue -> queue.queueName("orders").attributes(attributes)).queueUrl();
    assertThatThrownBy(
            () ->
                sqs.createQueue(
                    queue ->
                        queue
                            .queueName("orders")
                            .attributes(Map.of(QueueAttributeName.DELAY_SECONDS, "1"))))
        .isInstanceOf(QueueNameExistsException.class);
    MessageAttributeValue count =
        MessageAttributeValue.builder().dataType("Number").stringValue("17").build();
    sqs.sendMessage(to -> to.queueUrl(url).messageBody("x").messageAttributes(Map.of("n", count)));
    Message first = receive(url).get(0);
    assertThat(first.messageAttributes()).containsEntry("n", count);
    giveBack(url, first);
    Message again = receive(url).get(0);
    assertThatThrownBy(
            () -> sqs.deleteMessage(of -> of.queueUrl(url).receiptHandle(first.receiptHandle())))
        .isInstanceOf(ReceiptHandleIsInvalidException.class);
    giveBack(url, again);
    Message letter = receive(dead).get(0);
    assertThat(letter.body()).isEqualTo("x");
    assertThat(letter.attributes())
        .containsEntry(
            MessageSystemAttributeName.DEAD_LETTER_QUEUE_SOURCE_ARN,
            "arn:aws:sqs:us-east-1:000000000000:orders");
  }

  private void giveBack(String url, Message message) {
    sqs.changeMessageVisibility(
        to -> to.queueUrl(url).receiptHandle(message.receiptHandle()).visibilityTimeout(0));
  }

  @Test
  void keepsTheOrderOfAGroupAndTakesAMessageOnce() {
    String url =
        sqs.createQueue(
                queue ->
                    queue
                        .queueName("orders.fifo")
                        .attributes(
                            Map.of(
                                QueueAttributeName.FIFO_QUEUE, "true",
                                QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "true")))
            .queueUrl();
    for (String body : List.of("1", "2", "1")) {
      sqs.sendMessage(to -> to.queueUrl(url).messageBody(body).messageGroupId("ann"));
    }
    for (String body : List.of("1", "2")) {
      List<Message> messages = receive(url);
      assertThat(messages).extracting(Message::body).containsExactly(body);
      sqs.deleteMessage(of -> of.queueUrl(url).receiptHandle(messages.get(0).receiptHandle()));
    }
    assertThat(
            sqs.getQueueAttributes(of -> of.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                .attributes())
        .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0")
        .containsEntry(QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "true");
  }
}
