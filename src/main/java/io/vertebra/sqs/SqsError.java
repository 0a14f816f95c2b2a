package io.vertebra.sqs;

/**
 * The errors of SQS.
 *
 * <p>Source: the Amazon SQS API Reference, "Errors" of each action and "Common Errors"; of those
 * before JSON the AWS SDK still tells the code, in a header.
 */
enum SqsError {
  QUEUE_DOES_NOT_EXIST("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
  QUEUE_NAME_EXISTS("QueueNameExists", "QueueAlreadyExists"),
  RECEIPT_HANDLE_IS_INVALID("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"),
  MESSAGE_NOT_INFLIGHT("MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"),
  EMPTY_BATCH_REQUEST("EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"),
  TOO_MANY_ENTRIES(
      "TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
  BATCH_ENTRY_IDS_NOT_DISTINCT(
      "BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
  BATCH_REQUEST_TOO_LONG("BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"),
  INVALID_BATCH_ENTRY_ID("InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"),
  INVALID_ATTRIBUTE_NAME("InvalidAttributeName", "InvalidAttributeName"),
  INVALID_ATTRIBUTE_VALUE("InvalidAttributeValue", "InvalidAttributeValue"),
  INVALID_MESSAGE_CONTENTS("InvalidMessageContents", "InvalidMessageContents"),
  INVALID_ADDRESS("InvalidAddress", "InvalidAddress"),
  UNSUPPORTED_OPERATION("UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"),
  RESOURCE_NOT_FOUND("ResourceNotFoundException", "ResourceNotFoundException"),
  REQUEST_THROTTLED("RequestThrottled", "RequestThrottled"),
  OVER_LIMIT("OverLimit", "OverLimit"),
  INVALID_PARAMETER_VALUE(
      Place.COMMON, "InvalidParameterValueException", "InvalidParameterValue", 400),
  MISSING_PARAMETER(Place.COMMON, "MissingRequiredParameterException", "MissingParameter", 400),
  UNKNOWN_OPERATION(Place.COMMON, "UnknownOperationException", "InvalidAction", 400),
  SERIALIZATION(Place.COMMON, "SerializationException", "MalformedInput", 400),
  UNRECOGNIZED_CLIENT(
      Place.COMMON, "UnrecognizedClientException", "UnrecognizedClientException", 403),
  ACCESS_DENIED(Place.COMMON, "AccessDeniedException", "AccessDenied", 403),
  INTERNAL_FAILURE(Place.COMMON, "InternalFailure", "InternalFailure", 500),
  SERVICE_UNAVAILABLE(Place.COMMON, "ServiceUnavailableException", "ServiceUnavailable", 503);

  private final String place;
  private final String type;
  private final String code;
  private final int status;

  /** Where errors are defined. */
  private static final class Place {
    static final String SQS = "com.amazonaws.sqs#";
    static final String COMMON = "com.amazon.coral.service#";
  }

  SqsError(String type, String code) {
    this(Place.SQS, type, code, 400);
  }

  SqsError(String place, String type, String code, int status) {
    this.place = place;
    this.type = type;
    this.code = code;
    this.status = status;
  }

  /** The member {@code __type} of the answer. */
  String type() {
    return place + type;
  }

  /** The code before JSON, which entries of batches tell to this day. */
  String code() {
    return code;
  }

  int status() {
    return status;
  }

  boolean isFaultOfSender() {
    return status < 500;
  }
}
