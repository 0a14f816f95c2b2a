package io.vertebra.sqs;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.InvalidAttributeValueException;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** The AWS SDK as it is, with queues that keep an order. */
final class SqsFifoTest {
  private final SqsRig rig = new SqsRig();
  private final SqsClient sqs = rig.client();

  @AfterEach
  void close() {
    sqs.close();
    rig.close();
  }

  private String create() {
    return sqs.createQueue(
            queue ->
                queue
                    .queueName("orders.fifo")
                    .attributes(Map.of(QueueAttributeName.FIFO_QUEUE, "true")))
        .queueUrl();
  }

  private String createByContent(String scope) {
    return sqs.createQueue(
            queue ->
                queue
                    .queueName("orders.fifo")
                    .attributes(
                        Map.of(
                            QueueAttributeName.FIFO_QUEUE, "true",
                            QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "true",
                            QueueAttributeName.DEDUPLICATION_SCOPE, scope)))
        .queueUrl();
  }

  private SendMessageResponse send(String url, String group, String body, String dedup) {
    return sqs.sendMessage(
        to ->
            to.queueUrl(url).messageBody(body).messageGroupId(group).messageDeduplicationId(dedup));
  }

  private List<Message> receive(String url) {
    return sqs.receiveMessage(
            ask ->
                ask.queueUrl(url)
                    .maxNumberOfMessages(10)
                    .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
        .messages();
  }

  @Test
  void keepsTheOrderOfAGroup() {
    String url = create();
    List<String> sequence = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sequence.add(send(url, "ann", "a" + i, "a" + i).sequenceNumber());
      sequence.add(send(url, "bob", "b" + i, "b" + i).sequenceNumber());
    }
    assertThat(sequence).isSorted().doesNotHaveDuplicates();
    List<String> ann = new ArrayList<>();
    List<Message> got = receive(url);
    while (!got.isEmpty()) {
      assertThat(got)
          .extracting(each -> each.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID))
          .doesNotHaveDuplicates();
      for (Message each : got) {
        if (each.body().startsWith("a")) {
          ann.add(each.body());
        }
        sqs.deleteMessage(done -> done.queueUrl(url).receiptHandle(each.receiptHandle()));
      }
      got = receive(url);
    }
    assertThat(ann).containsExactly("a0", "a1", "a2");
  }

  @Test
  void takesAMessageOnce() {
    String url = create();
    SendMessageResponse first = send(url, "ann", "x", "d1");
    SendMessageResponse again = send(url, "ann", "x", "d1");
    assertThat(again.messageId()).isEqualTo(first.messageId());
    assertThat(again.sequenceNumber()).isEqualTo(first.sequenceNumber());
    Message message = receive(url).get(0);
    assertThat(message.attributes())
        .containsEntry(MessageSystemAttributeName.MESSAGE_DEDUPLICATION_ID, "d1")
        .containsEntry(MessageSystemAttributeName.MESSAGE_GROUP_ID, "ann")
        .containsEntry(MessageSystemAttributeName.SEQUENCE_NUMBER, first.sequenceNumber());
    sqs.deleteMessage(done -> done.queueUrl(url).receiptHandle(message.receiptHandle()));
    assertThat(receive(url)).isEmpty();
  }

  @Test
  void knowsMessagesByTheirContentIfTheQueueSaysSo() {
    String url = createByContent("queue");
    for (String group : List.of("ann", "bob")) {
      sqs.sendMessage(to -> to.queueUrl(url).messageBody("x").messageGroupId(group));
    }
    assertThat(receive(url)).hasSize(1);
  }

  @Test
  void knowsThemWithinTheirGroupIfTheQueueSaysSo() {
    String url = createByContent("messageGroup");
    for (String group : List.of("ann", "bob", "ann")) {
      send(url, group, "x", "d1");
    }
    assertThat(receive(url))
        .hasSize(2)
        .allMatch(
            each ->
                each.attributes()
                    .get(MessageSystemAttributeName.MESSAGE_DEDUPLICATION_ID)
                    .equals("d1"));
  }

  @Test
  void refusesWhatHasNoPlaceInAnOrder() {
    String url = create();
    assertThatThrownBy(() -> sqs.sendMessage(to -> to.queueUrl(url).messageBody("x")))
        .isInstanceOf(SqsException.class)
        .hasMessageContaining("MessageGroupId");
    assertThatThrownBy(
            () -> sqs.sendMessage(to -> to.queueUrl(url).messageBody("x").messageGroupId("ann")))
        .isInstanceOf(SqsException.class)
        .hasMessageContaining("ContentBasedDeduplication");
    assertThatThrownBy(
            () ->
                sqs.sendMessage(
                    to ->
                        to.queueUrl(url)
                            .messageBody("x")
                            .messageGroupId("ann")
                            .messageDeduplicationId("d")
                            .delaySeconds(1)))
        .isInstanceOf(SqsException.class)
        .hasMessageContaining("DelaySeconds");
    assertThatThrownBy(() -> sqs.createQueue(queue -> queue.queueName("others.fifo")))
        .isInstanceOf(SqsException.class)
        .hasMessageContaining("FIFO");
    assertThatThrownBy(
            () ->
                sqs.createQueue(
                    queue ->
                        queue
                            .queueName("others")
                            .attributes(Map.of(QueueAttributeName.FIFO_QUEUE, "true"))))
        .isInstanceOf(InvalidAttributeValueException.class);
  }

  @Test
  void letsMessagesOfAGroupPassEachOtherInAStandardQueue() {
    String url = sqs.createQueue(queue -> queue.queueName("orders")).queueUrl();
    for (String body : List.of("1", "2")) {
      sqs.sendMessage(to -> to.queueUrl(url).messageBody(body).messageGroupId("ann"));
    }
    assertThat(receive(url))
        .hasSize(2)
        .allMatch(
            each ->
                each.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID).equals("ann"));
    assertThat(await(rig.queues.get("orders")).messages()).isEqualTo(2);
  }
}
