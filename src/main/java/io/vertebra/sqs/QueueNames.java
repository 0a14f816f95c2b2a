package io.vertebra.sqs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How SQS names queues: by URLs, by ARNs and by themselves. Of a URL only its end counts, so that
 * those told by one node or address are good at any other.
 */
final class QueueNames {
  private static final String FIFO = ".fifo";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,79}");
  private static final Pattern ARN =
      Pattern.compile("arn:[a-z-]*:sqs:[a-z0-9-]*:[0-9]*:([A-Za-z0-9][A-Za-z0-9._-]{0,79})");

  private final SqsOptions options;

  QueueNames(SqsOptions options) {
    this.options = options;
  }

  /** Whether messages of such a queue are sent in the order of groups. */
  static boolean isFifo(String queue) {
    return queue.endsWith(FIFO);
  }

  /** A name that a queue can have. */
  static String checked(String name) {
    if (!NAME.matcher(name).matches()) {
      throw SqsException.invalid(
          "QueueName",
          name,
          "Can only include alphanumeric characters, hyphens, underscores or dots. 1 to 80 in"
              + " length, the first one alphanumeric");
    }
    return name;
  }

  /** The queue of a URL, or of a name in its place. */
  static String ofUrl(String url) {
    String name = url.substring(url.lastIndexOf('/') + 1);
    if (!NAME.matcher(name).matches()) {
      throw new SqsException(
          SqsError.INVALID_ADDRESS, "The address " + url + " is not valid for this endpoint.");
    }
    return name;
  }

  /**
   * The queue of an ARN.
   *
   * @param parameter in which it came
   */
  static String ofArn(String parameter, String arn) {
    Matcher parts = ARN.matcher(arn);
    if (!parts.matches()) {
      throw SqsException.invalid(parameter, arn, "Not the ARN of a queue.");
    }
    return parts.group(1);
  }

  String arn(String queue) {
    return "arn:aws:sqs:" + options.region() + ":" + options.account() + ":" + queue;
  }

  /**
   * The URL of a queue.
   *
   * @param base where the client reached this node
   */
  String url(String base, String queue) {
    return base + "/" + options.account() + "/" + queue;
  }
}
