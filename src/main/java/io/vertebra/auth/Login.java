package io.vertebra.auth;

import io.vertebra.api.Fields;
import java.util.List;
import java.util.function.Supplier;

/**
 * A login.
 *
 * @param code a one-time code or a recovery code; empty for none
 * @param device as an earlier login told; empty for a new one
 * @param audience of the tokens wanted; by default that of our own API
 */
record Login(
    String name,
    String password,
    String code,
    String device,
    List<String> audience,
    Caller caller) {

  static Supplier<Login> reading(Fields fields) {
    String name = fields.text("name", 1, User.MAX_NAME_LENGTH).required();
    String password = fields.text("password", 1, 512).secret().required();
    String code =
        fields
            .text("code", 1, 40)
            .secret()
            .about("One-time code or recovery code, where the user has such.")
            .orElse("");
    String device =
        fields
            .text("device", 1, 300)
            .about("What an earlier login on this device was told.")
            .orElse("");
    List<String> audience =
        fields.texts("audience", 20, 200).about("Audiences of the tokens.").orElse(List.of());
    Caller caller = Caller.read(fields);
    return () -> new Login(name, password, code, device, audience, caller);
  }

  /** The password stays out of logs. */
  @Override
  public String toString() {
    return "Login[name=" + name + "]";
  }
}
