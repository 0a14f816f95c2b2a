package io.vertebra.sqs;

import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The value of an attribute of a message.
 *
 * @param type {@code String}, {@code Number} or {@code Binary}, and after a dot what the sender
 *     adds
 * @param text the value; of a binary one in base64
 */
record AttributeValue(String type, String text) {
  static final String STRING = "String";
  private static final String BINARY = "Binary";
  private static final String NUMBER = "Number";
  private static final int MAX_TYPE = 256;
  private static final Pattern TYPE = Pattern.compile("(String|Number|Binary)(\\..+)?");

  /** Reads and checks one. */
  static AttributeValue from(String name, Params params) {
    String type = params.text("DataType").orElse("");
    if (!TYPE.matcher(type).matches() || type.length() > MAX_TYPE) {
      throw invalid(
          name,
          "has an invalid message attribute type, the set of supported type"
              + " prefixes is Binary, Number, and String.");
    }
    String member = type.startsWith(BINARY) ? "BinaryValue" : "StringValue";
    String text = params.text(member).orElse("");
    if (text.isEmpty()) {
      throw invalid(name, "must contain a non-empty value in " + member + ".");
    }
    AttributeValue value = new AttributeValue(type, text);
    if (type.startsWith(NUMBER) && !isNumber(text)) {
      throw invalid(name, "must contain a number in StringValue.");
    }
    if (value.isBinary() && !value.isBase64()) {
      throw invalid(name, "must contain base64 in BinaryValue.");
    }
    if (!value.isBinary() && !BodyText.isAllowed(text)) {
      throw new SqsException(
          SqsError.INVALID_MESSAGE_CONTENTS,
          "The message attribute '" + name + "' has characters that are not allowed.");
    }
    return value;
  }

  private static SqsException invalid(String name, String what) {
    return new SqsException(
        SqsError.INVALID_PARAMETER_VALUE, "The message attribute '" + name + "' " + what);
  }

  private static boolean isNumber(String text) {
    try {
      return new BigDecimal(text).precision() <= 38;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private boolean isBase64() {
    try {
      return Base64.getDecoder().decode(text).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** As it is, or a string if it is not what its type says. */
  AttributeValue sound() {
    boolean sound = TYPE.matcher(type).matches() && (!isBinary() || isBase64());
    return sound ? this : new AttributeValue(STRING, text);
  }

  boolean isBinary() {
    return type.startsWith(BINARY);
  }

  /** What is sent: the text in UTF-8, or the bytes. */
  byte[] bytes() {
    return isBinary() ? Base64.getDecoder().decode(text) : text.getBytes(StandardCharsets.UTF_8);
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("DataType", type)
        .put(isBinary() ? "BinaryValue" : "StringValue", text);
  }
}
