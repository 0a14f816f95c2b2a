package io.vertebra.sqs;

/** Text that SQS takes: the characters of XML 1.0, section 2.2. */
final class BodyText {
  private BodyText() {}

  static boolean isAllowed(String text) {
    return text.codePoints().allMatch(BodyText::isAllowed);
  }

  private static boolean isAllowed(int point) {
    if (point < ' ') {
      return point == '\t' || point == '\n' || point == '\r';
    }
    return point <= 0xD7FF || (point >= 0xE000 && point <= 0xFFFD) || point >= 0x10000;
  }
}
