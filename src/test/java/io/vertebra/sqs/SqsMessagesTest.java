package io.vertebra.sqs;

import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.vertebra.queue.NewMessage;
import io.vertebra.queue.ReceiveMessages;
import io.vertebra.queue.ReceivedMessage;
import io.vertebra.testkit.Waiting;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchEntryIdsNotDistinctException;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.EmptyBatchRequestException;
import software.amazon.awssdk.services.sqs.model.InvalidBatchEntryIdException;
import software.amazon.awssdk.services.sqs.model.InvalidMessageContentsException;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageNotInflightException;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeNameForSends;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.ReceiptHandleIsInvalidException;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;
import software.amazon.awssdk.services.sqs.model.TooManyEntriesInBatchRequestException;

/** The AWS SDK as it is, with messages of standard queues. It checks each digest itself. */
final class SqsMessagesTest {
  private final SqsRig rig = new SqsRig();
  private final SqsClient sqs = rig.client();
  private String url;

  @BeforeEach
  void create() {
    url = sqs.createQueue(queue -> queue.queueName("orders")).queueUrl();
  }

  @AfterEach
  void close() {
    sqs.close();
    rig.close();
  }

  private List<Message> receive(int max) {
    return sqs.receiveMessage(ask -> ask.queueUrl(url).maxNumberOfMessages(max)).messages();
  }

  /** Waits for some, since time that passes is noticed some milliseconds later. */
  private List<Message> receiveSoon(int max) {
    return sqs.receiveMessage(ask -> ask.queueUrl(url).maxNumberOfMessages(max).waitTimeSeconds(5))
        .messages();
  }

  private Map<QueueAttributeName, String> counts() {
    return sqs.getQueueAttributes(
            ask ->
                ask.queueUrl(url)
                    .attributeNames(
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
        .attributes();
  }

  private static MessageAttributeValue text(String type, String value) {
    return MessageAttributeValue.builder().dataType(type).stringValue(value).build();
  }

  @Test
  void sendsReceivesAndDeletes() {
    SendMessageResponse sent = sqs.sendMessage(to -> to.queueUrl(url).messageBody("17 pens, é ✓"));
    Message message = receive(10).get(0);
    assertThat(message.messageId()).isEqualTo(sent.messageId());
    assertThat(message.body()).isEqualTo("17 pens, é ✓");
    assertThat(receive(10)).as("hidden while a receiver has it").isEmpty();
    assertThat(counts().values()).containsExactlyInAnyOrder("0", "1");
    sqs.deleteMessage(done -> done.queueUrl(url).receiptHandle(message.receiptHandle()));
    assertThat(counts().values()).containsExactly("0", "0");
    sqs.deleteMessage(again -> again.queueUrl(url).receiptHandle(message.receiptHandle()));
  }

  @Test
  void keepsAttributesOfAllTypesAndShowsThemToOthersAsHeaders() {
    sqs.sendMessage(
        to ->
            to.queueUrl(url)
                .messageBody("x")
                .messageAttributes(
                    Map.of(
                        "shop",
                        text("String", "web"),
                        "shop.count",
                        text("Number.int", "17"),
                        "png",
                        MessageAttributeValue.builder()
                            .dataType("Binary.png")
                            .binaryValue(SdkBytes.fromByteArray(new byte[] {0, -1, 7}))
                            .build()))
                .messageSystemAttributes(
                    Map.of(
                        MessageSystemAttributeNameForSends.AWS_TRACE_HEADER,
                        MessageSystemAttributeValue.builder()
                            .dataType("String")
                            .stringValue("Root=1-2")
                            .build())));
    Message message =
        sqs.receiveMessage(
                ask ->
                    ask.queueUrl(url)
                        .messageAttributeNames("All")
                        .messageSystemAttributeNames(MessageSystemAttributeName.ALL)
                        .visibilityTimeout(1))
            .messages()
            .get(0);
    assertThat(message.messageAttributes()).containsOnlyKeys("shop", "shop.count", "png");
    assertThat(message.messageAttributes().get("shop.count").dataType()).isEqualTo("Number.int");
    assertThat(message.messageAttributes().get("png").binaryValue().asByteArray())
        .containsExactly(0, -1, 7);
    assertThat(message.attributes())
        .containsEntry(MessageSystemAttributeName.AWS_TRACE_HEADER, "Root=1-2")
        .containsEntry(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "1")
        .containsKeys(
            MessageSystemAttributeName.SENT_TIMESTAMP,
            MessageSystemAttributeName.APPROXIMATE_FIRST_RECEIVE_TIMESTAMP);
    rig.node.letTimePass(Duration.ofSeconds(2));
    Message some =
        sqs.receiveMessage(
                ask -> ask.queueUrl(url).messageAttributeNames("shop.*", "none").waitTimeSeconds(5))
            .messages()
            .get(0);
    assertThat(some.messageAttributes()).containsOnlyKeys("shop", "shop.count");
    assertThat(some.hasAttributes()).isFalse();
    rig.node.letTimePass(Duration.ofMinutes(1));
    ReceivedMessage here =
        Waiting.await(
                rig.queues.receive(
                    ReceiveMessages.of("orders", 1).waiting(Duration.ofSeconds(4)),
                    Promise.<Void>promise().future()))
            .get(0);
    assertThat(here.message().headers()).containsEntry("shop", "web").containsEntry("png", "AP8H");
  }

  @Test
  void showsHeadersOfOthersAsAttributes() {
    Waiting.await(
            rig.queues.send(
                "orders",
                List.of(NewMessage.of("a").with(Map.of("shop", "web", "AWS.Types", "?")))))
        .get(0)
        .get();
    Message message =
        sqs.receiveMessage(ask -> ask.queueUrl(url).messageAttributeNames(".*")).messages().get(0);
    assertThat(message.messageAttributes()).containsOnlyKeys("shop");
    assertThat(message.messageAttributes().get("shop").stringValue()).isEqualTo("web");
  }

  @Test
  void answersEachEntryOfABatchForItself() {
    SendMessageBatchResponse sent =
        sqs.sendMessageBatch(
            to ->
                to.queueUrl(url)
                    .entries(
                        SendMessageBatchRequestEntry.builder().id("a").messageBody("1").build(),
                        SendMessageBatchRequestEntry.builder().id("b").messageBody("\0").build(),
                        SendMessageBatchRequestEntry.builder()
                            .id("c")
                            .messageBody("3")
                            .messageAttributes(Map.of("n", text("Number", "3")))
                            .build()));
    assertThat(sent.successful()).extracting(entry -> entry.id()).containsExactly("a", "c");
    assertThat(sent.failed())
        .extracting(BatchResultErrorEntry::id, BatchResultErrorEntry::code)
        .containsExactly(tuple("b", "InvalidMessageContents"));
    List<Message> messages = receive(10);
    assertThat(messages).extracting(Message::body).containsExactly("1", "3");
    List<BatchResultErrorEntry> failed =
        sqs.deleteMessageBatch(
                done ->
                    done.queueUrl(url)
                        .entries(
                            deletion("x", messages.get(0).receiptHandle()),
                            deletion("y", "no-receipt"),
                            deletion("z", "r".repeat(300))))
            .failed();
    assertThat(failed)
        .extracting(BatchResultErrorEntry::id, BatchResultErrorEntry::code)
        .containsExactlyInAnyOrder(
            tuple("y", "ReceiptHandleIsInvalid"), tuple("z", "ReceiptHandleIsInvalid"));
    rig.node.letTimePass(Duration.ofMinutes(1));
    assertThat(receiveSoon(10)).extracting(Message::body).containsExactly("3");
  }

  private static DeleteMessageBatchRequestEntry deletion(String id, String receipt) {
    return DeleteMessageBatchRequestEntry.builder().id(id).receiptHandle(receipt).build();
  }

  @Test
  void refusesBatchesThatAreNone() {
    assertThatThrownBy(() -> sqs.sendMessageBatch(to -> to.queueUrl(url).entries(List.of())))
        .isInstanceOf(EmptyBatchRequestException.class);
    assertThatThrownBy(
            () ->
                sqs.deleteMessageBatch(
                    done ->
                        done.queueUrl(url)
                            .entries(
                                IntStream.range(0, 11)
                                    .mapToObj(i -> deletion("i" + i, "r"))
                                    .toList())))
        .isInstanceOf(TooManyEntriesInBatchRequestException.class);
    assertThatThrownBy(
            () ->
                sqs.deleteMessageBatch(
                    done -> done.queueUrl(url).entries(deletion("a", "r"), deletion("a", "s"))))
        .isInstanceOf(BatchEntryIdsNotDistinctException.class);
    assertThatThrownBy(
            () -> sqs.deleteMessageBatch(done -> done.queueUrl(url).entries(deletion("ä", "r"))))
        .isInstanceOf(InvalidBatchEntryIdException.class);
  }

  @Test
  void returnsAMessageAtOnceOrGivesItForLonger() {
    sqs.sendMessage(to -> to.queueUrl(url).messageBody("x"));
    Message first = receive(1).get(0);
    sqs.changeMessageVisibility(
        to -> to.queueUrl(url).receiptHandle(first.receiptHandle()).visibilityTimeout(0));
    Message second =
        sqs.receiveMessage(
                ask ->
                    ask.queueUrl(url)
                        .messageSystemAttributeNames(
                            MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT))
            .messages()
            .get(0);
    assertThat(second.attributesAsStrings())
        .containsExactly(Map.entry("ApproximateReceiveCount", "2"));
    sqs.changeMessageVisibility(
        to -> to.queueUrl(url).receiptHandle(second.receiptHandle()).visibilityTimeout(600));
    rig.node.letTimePass(Duration.ofMinutes(9));
    assertThat(receive(1)).isEmpty();
    assertThatThrownBy(
            () ->
                sqs.changeMessageVisibility(
                    to ->
                        to.queueUrl(url)
                            .receiptHandle(first.receiptHandle())
                            .visibilityTimeout(60)))
        .isInstanceOf(MessageNotInflightException.class);
    assertThatThrownBy(
            () -> sqs.deleteMessage(to -> to.queueUrl(url).receiptHandle(first.receiptHandle())))
        .as("receipts are fenced")
        .isInstanceOf(ReceiptHandleIsInvalidException.class);
    rig.node.letTimePass(Duration.ofMinutes(2));
    assertThat(receiveSoon(1)).hasSize(1);
  }

  @Test
  void waitsForAMessage() {
    Thread later =
        new Thread(
            () -> {
              eventually(() -> assertThat(rig.waiting()).isEqualTo(1));
              sqs.sendMessage(to -> to.queueUrl(url).messageBody("late"));
            });
    later.start();
    assertThat(sqs.receiveMessage(ask -> ask.queueUrl(url).waitTimeSeconds(20)).messages())
        .extracting(Message::body)
        .containsExactly("late");
  }

  @Test
  void waitsAsLongAsTheQueueSaysUnlessTold() {
    sqs.setQueueAttributes(
        to ->
            to.queueUrl(url)
                .attributes(Map.of(QueueAttributeName.RECEIVE_MESSAGE_WAIT_TIME_SECONDS, "1")));
    long begin = System.nanoTime();
    assertThat(receive(1)).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(900));
    assertThat(rig.waited()).isEqualTo(1);
    ReceiveMessageRequest atOnce =
        ReceiveMessageRequest.builder().queueUrl(url).waitTimeSeconds(0).build();
    assertThat(sqs.receiveMessage(atOnce).messages()).isEmpty();
    assertThat(rig.waited()).isEqualTo(1);
  }

  @Test
  void delaysByTheQueueUnlessTheMessageSaysOtherwise() {
    sqs.setQueueAttributes(
        to -> to.queueUrl(url).attributes(Map.of(QueueAttributeName.DELAY_SECONDS, "20")));
    sqs.sendMessage(to -> to.queueUrl(url).messageBody("queue"));
    sqs.sendMessage(to -> to.queueUrl(url).messageBody("own").delaySeconds(0));
    assertThat(receive(10)).extracting(Message::body).containsExactly("own");
    rig.node.letTimePass(Duration.ofSeconds(21));
    assertThat(receiveSoon(10)).extracting(Message::body).containsExactly("queue");
  }

  @Test
  void refusesWhatSqsRefuses() {
    assertThatThrownBy(() -> sqs.sendMessage(to -> to.queueUrl(url).messageBody("a\u0001")))
        .isInstanceOf(InvalidMessageContentsException.class);
    assertThatThrownBy(() -> sqs.sendMessage(to -> to.queueUrl(url + "x").messageBody("a")))
        .isInstanceOfSatisfying(
            QueueDoesNotExistException.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(400);
              assertThat(e.awsErrorDetails().errorCode())
                  .isEqualTo("AWS.SimpleQueueService.NonExistentQueue");
            });
    assertCode("MissingParameter", () -> sqs.sendMessage(to -> to.queueUrl(url)));
    assertCode(
        "InvalidParameterValue",
        () -> sqs.receiveMessage(ask -> ask.queueUrl(url).maxNumberOfMessages(11)));
    assertCode(
        "InvalidParameterValue",
        () -> sqs.sendMessage(to -> to.queueUrl(url).messageBody("a").delaySeconds(901)));
    assertCode(
        "InvalidParameterValue",
        () -> sqs.sendMessage(to -> to.queueUrl(url).messageBody("a").messageDeduplicationId("d")));
    for (Map.Entry<String, MessageAttributeValue> bad :
        List.of(
            Map.entry("AWS.x", text("String", "a")),
            Map.entry("a..b", text("String", "a")),
            Map.entry("n".repeat(129), text("String", "a")),
            Map.entry("n", text("Float", "a")),
            Map.entry("n", text("Number", "a")),
            Map.entry("n", text("String", "")),
            Map.entry("n", text("String", "v".repeat(16_385))))) {
      assertCode(
          "InvalidParameterValue",
          () ->
              sqs.sendMessage(
                  to ->
                      to.queueUrl(url)
                          .messageBody("a")
                          .messageAttributes(Map.of(bad.getKey(), bad.getValue()))));
    }
    assertThat(receive(1)).isEmpty();
  }

  @Test
  void boundsTheLengthOfMessagesAsTheQueueSays() {
    sqs.setQueueAttributes(
        to -> to.queueUrl(url).attributes(Map.of(QueueAttributeName.MAXIMUM_MESSAGE_SIZE, "1024")));
    sqs.sendMessage(to -> to.queueUrl(url).messageBody("a".repeat(1024)));
    assertCode(
        "InvalidParameterValue",
        () -> sqs.sendMessage(to -> to.queueUrl(url).messageBody("a".repeat(1025))));
  }

  private static void assertCode(String code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SqsException.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).as(e.getMessage()).isEqualTo(code));
  }
}
