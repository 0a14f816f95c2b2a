package io.vertebra.sqs;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.queue.QueueDefinition;
import io.vertebra.queue.QueueView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.InvalidAttributeNameException;
import software.amazon.awssdk.services.sqs.model.InvalidAttributeValueException;
import software.amazon.awssdk.services.sqs.model.ListMessageMoveTasksResultEntry;
import software.amazon.awssdk.services.sqs.model.ListQueuesResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.QueueNameExistsException;
import software.amazon.awssdk.services.sqs.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sqs.model.SqsException;
import software.amazon.awssdk.services.sqs.model.UnsupportedOperationException;

/** The AWS SDK as it is, with queues, their attributes and their dead letters. */
final class SqsQueuesTest {
  private final SqsRig rig = new SqsRig();
  private final SqsClient sqs = rig.client();

  @AfterEach
  void close() {
    sqs.close();
    rig.close();
  }

  private String create(String name, Map<QueueAttributeName, String> attributes) {
    return sqs.createQueue(queue -> queue.queueName(name).attributes(attributes)).queueUrl();
  }

  private Map<QueueAttributeName, String> attributes(String url) {
    return sqs.getQueueAttributes(ask -> ask.queueUrl(url).attributeNames(QueueAttributeName.ALL))
        .attributes();
  }

  private static String redrivePolicy(String target, int count) {
    return "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:"
        + target
        + "\",\"maxReceiveCount\":\""
        + count
        + "\"}";
  }

  @Test
  void makesAQueueThatOthersSeeToo() {
    String url =
        create(
            "orders",
            Map.of(
                QueueAttributeName.VISIBILITY_TIMEOUT, "45",
                QueueAttributeName.MESSAGE_RETENTION_PERIOD, "3600"));
    assertThat(url).isEqualTo(rig.node.url() + "/000000000000/orders");
    assertThat(sqs.getQueueUrl(ask -> ask.queueName("orders")).queueUrl()).isEqualTo(url);
    QueueDefinition made = await(rig.queues.get("orders")).definition();
    assertThat(made.visibility()).isEqualTo(Duration.ofSeconds(45));
    assertThat(made.retention()).contains(Duration.ofHours(1));
    assertThat(made.maxAttempts()).as("as with SQS, nothing is given up unless told").isZero();
    assertThat(attributes(url))
        .containsEntry(QueueAttributeName.VISIBILITY_TIMEOUT, "45")
        .containsEntry(QueueAttributeName.MESSAGE_RETENTION_PERIOD, "3600")
        .containsEntry(QueueAttributeName.DELAY_SECONDS, "0")
        .containsEntry(QueueAttributeName.QUEUE_ARN, "arn:aws:sqs:us-east-1:000000000000:orders")
        .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0")
        .containsEntry(QueueAttributeName.CREATED_TIMESTAMP, "1893456000")
        .doesNotContainKeys(QueueAttributeName.FIFO_QUEUE, QueueAttributeName.REDRIVE_POLICY);
  }

  @Test
  void makesAQueueOnceAndSaysIfItIsAnother() {
    String url = create("orders", Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "45"));
    assertThat(create("orders", Map.of())).isEqualTo(url);
    assertThat(create("orders", Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "45")))
        .isEqualTo(url);
    assertThatThrownBy(() -> create("orders", Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "46")))
        .isInstanceOf(QueueNameExistsException.class)
        .hasMessageContaining("VisibilityTimeout");
  }

  @Test
  void changesAttributesAndKeepsTheOthers() {
    String url = create("orders", Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "45"));
    rig.node.letTimePass(Duration.ofSeconds(5));
    sqs.setQueueAttributes(
        to -> to.queueUrl(url).attributes(Map.of(QueueAttributeName.DELAY_SECONDS, "7")));
    assertThat(attributes(url))
        .containsEntry(QueueAttributeName.VISIBILITY_TIMEOUT, "45")
        .containsEntry(QueueAttributeName.DELAY_SECONDS, "7")
        .containsEntry(QueueAttributeName.CREATED_TIMESTAMP, "1893456000")
        .containsEntry(QueueAttributeName.LAST_MODIFIED_TIMESTAMP, "1893456005");
  }

  @Test
  void refusesAttributesThatItCannotKeep() {
    String url = create("orders", Map.of());
    Map<String, String> bad =
        Map.of(
            "VisibilityTimeout", "43201",
            "DelaySeconds", "x",
            "KmsMasterKeyId", "alias/mine",
            "Policy", "{}",
            "RedrivePolicy", redrivePolicy("nowhere", 3),
            "FifoQueue", "true");
    bad.forEach(
        (name, value) ->
            assertThatThrownBy(
                    () ->
                        sqs.setQueueAttributes(
                            to -> to.queueUrl(url).attributesWithStrings(Map.of(name, value))))
                .as(name)
                .isInstanceOf(InvalidAttributeValueException.class));
    assertThatThrownBy(
            () ->
                sqs.setQueueAttributes(
                    to -> to.queueUrl(url).attributesWithStrings(Map.of("Colour", "red"))))
        .isInstanceOf(InvalidAttributeNameException.class);
    assertThatThrownBy(
            () ->
                sqs.getQueueAttributes(
                    ask -> ask.queueUrl(url).attributeNamesWithStrings("Colour")))
        .isInstanceOf(InvalidAttributeNameException.class);
    assertThatThrownBy(() -> create("no fit", Map.of())).isInstanceOf(SqsException.class);
  }

  @Test
  void listsQueuesByPrefixInPages() {
    for (String name : List.of("a1", "b1", "b2", "b3")) {
      create(name, Map.of());
    }
    ListQueuesResponse first = sqs.listQueues(ask -> ask.queueNamePrefix("b").maxResults(2));
    assertThat(first.queueUrls()).hasSize(2).allMatch(url -> url.contains("/b"));
    ListQueuesResponse second =
        sqs.listQueues(ask -> ask.queueNamePrefix("b").maxResults(2).nextToken(first.nextToken()));
    assertThat(second.queueUrls()).singleElement().asString().endsWith("/b3");
    assertThat(second.nextToken()).isNull();
    List<String> all = new ArrayList<>();
    sqs.listQueuesPaginator(ask -> ask.maxResults(1)).queueUrls().forEach(all::add);
    assertThat(all).hasSize(4);
    assertThat(sqs.listQueues(ask -> ask.queueNamePrefix("c")).queueUrls()).isEmpty();
  }

  @Test
  void removesQueuesAndWhatIsInThem() {
    String url = create("orders", Map.of());
    sqs.sendMessage(to -> to.queueUrl(url).messageBody("x"));
    sqs.purgeQueue(of -> of.queueUrl(url));
    assertThat(attributes(url))
        .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0");
    sqs.deleteQueue(of -> of.queueUrl(url));
    assertThatThrownBy(() -> sqs.getQueueUrl(ask -> ask.queueName("orders")))
        .isInstanceOf(QueueDoesNotExistException.class);
    assertThatThrownBy(() -> sqs.receiveMessage(ask -> ask.queueUrl(url)))
        .isInstanceOf(QueueDoesNotExistException.class);
  }

  @Test
  void tagsQueuesWithLabels() {
    String url =
        sqs.createQueue(queue -> queue.queueName("orders").tags(Map.of("team", "shop"))).queueUrl();
    sqs.tagQueue(to -> to.queueUrl(url).tags(Map.of("stage", "test", "team", "web")));
    assertThat(sqs.listQueueTags(of -> of.queueUrl(url)).tags())
        .containsOnly(Map.entry("stage", "test"), Map.entry("team", "web"));
    assertThat(await(rig.queues.get("orders")).definition().labels()).containsEntry("team", "web");
    sqs.untagQueue(from -> from.queueUrl(url).tagKeys("team", "aws:CreatedTimestamp"));
    assertThat(sqs.listQueueTags(of -> of.queueUrl(url)).tags())
        .containsOnly(Map.entry("stage", "test"));
    assertThat(attributes(url)).containsKey(QueueAttributeName.CREATED_TIMESTAMP);
    assertThatThrownBy(() -> sqs.tagQueue(to -> to.queueUrl(url).tags(Map.of("aws:x", "y"))))
        .isInstanceOf(SqsException.class);
  }

  @Test
  void givesUpWhatIsReceivedTooOftenAndMovesItBack() {
    String dead = create("failed", Map.of());
    String url =
        create("orders", Map.of(QueueAttributeName.REDRIVE_POLICY, redrivePolicy("failed", 2)));
    assertThat(attributes(url).get(QueueAttributeName.REDRIVE_POLICY))
        .contains("us-east-1:000000000000:failed\"", "\"maxReceiveCount\":2");
    assertThat(sqs.listDeadLetterSourceQueues(of -> of.queueUrl(dead)).queueUrls())
        .containsExactly(url);
    sqs.sendMessage(to -> to.queueUrl(url).messageBody("x"));
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThat(receiveSoon(url)).hasSize(1);
      rig.node.letTimePass(Duration.ofSeconds(31));
    }
    Message letter = receiveSoon(dead).get(0);
    assertThat(letter.body()).isEqualTo("x");
    assertThat(letter.messageAttributes()).isEmpty();
    assertThat(letter.attributes())
        .containsEntry(
            MessageSystemAttributeName.DEAD_LETTER_QUEUE_SOURCE_ARN,
            "arn:aws:sqs:us-east-1:000000000000:orders")
        .containsEntry(MessageSystemAttributeName.SENT_TIMESTAMP, "1893456000000");
    rig.node.letTimePass(Duration.ofSeconds(31));
    String arn = attributes(dead).get(QueueAttributeName.QUEUE_ARN);
    eventually(
        () ->
            assertThat(attributes(dead))
                .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "1"));
    sqs.startMessageMoveTask(move -> move.sourceArn(arn));
    eventually(() -> assertThat(lastTask(arn).status()).isEqualTo("COMPLETED"));
    assertThat(lastTask(arn).approximateNumberOfMessagesMoved()).isEqualTo(1);
    assertThat(receiveSoon(url)).extracting(Message::body).containsExactly("x");
  }

  private List<Message> receiveSoon(String url) {
    return sqs.receiveMessage(
            ask ->
                ask.queueUrl(url)
                    .waitTimeSeconds(5)
                    .messageAttributeNames("All")
                    .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
        .messages();
  }

  private ListMessageMoveTasksResultEntry lastTask(String arn) {
    return sqs.listMessageMoveTasks(of -> of.sourceArn(arn)).results().get(0);
  }

  @Test
  void cancelsAMoveOfDeadLetters() {
    String dead = create("failed", Map.of());
    create("elsewhere", Map.of());
    for (int i = 0; i < 5; i++) {
      sqs.sendMessage(to -> to.queueUrl(dead).messageBody("x"));
    }
    String arn = attributes(dead).get(QueueAttributeName.QUEUE_ARN);
    String target = arn.replace("failed", "elsewhere");
    assertThat(sqs.listMessageMoveTasks(of -> of.sourceArn(arn)).results()).isEmpty();
    String handle =
        sqs.startMessageMoveTask(
                move -> move.sourceArn(arn).destinationArn(target).maxNumberOfMessagesPerSecond(1))
            .taskHandle();
    assertThat(lastTask(arn).status()).isEqualTo("RUNNING");
    assertThat(lastTask(arn).taskHandle()).isEqualTo(handle);
    assertThatThrownBy(() -> sqs.startMessageMoveTask(move -> move.sourceArn(arn)))
        .isInstanceOf(UnsupportedOperationException.class);
    sqs.cancelMessageMoveTask(of -> of.taskHandle(handle));
    assertThat(lastTask(arn).status()).isEqualTo("CANCELLED");
    assertThatThrownBy(() -> sqs.cancelMessageMoveTask(of -> of.taskHandle(handle)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(
            () -> sqs.startMessageMoveTask(move -> move.sourceArn(arn.replace("failed", "none"))))
        .isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void stopsGivingUpWhenTold() {
    create("failed", Map.of());
    String url =
        create("orders", Map.of(QueueAttributeName.REDRIVE_POLICY, redrivePolicy("failed", 2)));
    QueueView before = await(rig.queues.get("orders"));
    assertThat(before.definition().deadLetter()).isEqualTo(Optional.of("failed"));
    sqs.setQueueAttributes(
        to -> to.queueUrl(url).attributes(Map.of(QueueAttributeName.REDRIVE_POLICY, "")));
    QueueView after = await(rig.queues.get("orders"));
    assertThat(after.definition().deadLetter()).isEmpty();
    assertThat(after.definition().maxAttempts()).isZero();
    assertThat(attributes(url)).doesNotContainKey(QueueAttributeName.REDRIVE_POLICY);
  }

  @Test
  void isFoundUnderAPathOfItsOwnToo() {
    try (SqsClient beside = rig.client("/sqs")) {
      String url = beside.createQueue(queue -> queue.queueName("orders")).queueUrl();
      assertThat(url).isEqualTo(rig.node.url() + "/sqs/000000000000/orders");
      beside.sendMessage(to -> to.queueUrl(url).messageBody("x"));
      assertThat(sqs.receiveMessage(ask -> ask.queueUrl(url)).messages()).hasSize(1);
    }
  }
}
