package io.vertebra.sqs;

import io.vertebra.api.Fields;

/**
 * The section {@code sqs}.
 *
 * @param enabled whether requests of clients of SQS are answered; true unless given
 * @param region the region in names of queues, 1 to 40 characters, {@code us-east-1} unless given
 * @param account the account in names of queues, 12 digits, all zero unless given
 */
public record SqsOptions(boolean enabled, String region, String account) {

  public static SqsOptions from(Fields fields) {
    boolean enabled =
        fields.flag("enabled").about("Whether clients of SQS are answered.").orElse(true);
    String region =
        fields
            .text("region", 1, 40)
            .matching(text -> text.matches("[a-z0-9-]+"), "must be lower case letters and digits")
            .about("The region in names of queues.")
            .orElse("us-east-1");
    String account =
        fields
            .text("account", 12, 12)
            .matching(text -> text.matches("[0-9]{12}"), "must be 12 digits")
            .about("The account in names of queues.")
            .orElse("000000000000");
    return fields.build(() -> new SqsOptions(enabled, region, account));
  }
}
