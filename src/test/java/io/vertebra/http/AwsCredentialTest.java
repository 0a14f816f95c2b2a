package io.vertebra.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;

final class AwsCredentialTest {
  private static final String SIGNATURE =
      "AWS4-HMAC-SHA256 Credential=any/20300101/us-east-1/sqs/aws4_request, Signature=0";

  private static MultiMap headers(String... namesAndValues) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  @Test
  void isTheTokenOfTheSessionWhateverSigns() {
    MultiMap headers = headers("Authorization", SIGNATURE, "X-Amz-Security-Token", " key ");
    assertThat(AwsCredential.of(headers)).isEqualTo("Bearer key");
    assertThat(AwsCredential.isShown(headers)).isTrue();
  }

  @Test
  void isWhatOthersShowUnlessItIsASignature() {
    assertThat(AwsCredential.of(headers("Authorization", "Bearer key"))).isEqualTo("Bearer key");
    assertThat(AwsCredential.of(headers("Authorization", SIGNATURE))).isEmpty();
    assertThat(AwsCredential.of(headers())).isEmpty();
  }

  @Test
  void isNotShownByASignatureSoThatACertificateCounts() {
    assertThat(AwsCredential.isShown(headers("Authorization", SIGNATURE))).isFalse();
    assertThat(AwsCredential.isShown(headers())).isFalse();
    assertThat(AwsCredential.isShown(headers("Authorization", ""))).isTrue();
  }
}
