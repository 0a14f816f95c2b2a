package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AuthBusApiTest extends AuthApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request, String authorization) {
    return node.bus("vertebra.auth", action, authorization, request);
  }

  @Test
  void aClientOfTheBusDoesAllThat() {
    BusAuthService nobody = new BusAuthService(node.vertx);
    BusAuthService admin = nobody.as(node.firstKey);
    JsonObject unused = await(admin.putRole("clerk", List.of("things:read:*")));
    unused = await(admin.createUser("ann", AuthRig.PASSWORD, List.of("clerk")));
    IssuedTokens tokens =
        await(nobody.login("ann", AuthRig.PASSWORD, Optional.empty(), Optional.empty()));
    BusAuthService ann = nobody.as(tokens.accessToken());
    assertThat(await(ann.whoami()).getString("name")).isEqualTo("ann");
    assertThat(await(nobody.refresh(tokens.refreshToken())).refreshToken())
        .isNotEqualTo(tokens.refreshToken());
    assertThat(refused(ann.listUsers(Optional.empty()))).isEqualTo(FailureCode.FORBIDDEN);
    assertThat(refused(nobody.whoami())).isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(await(ann.getUser("ann"))).isEqualTo(await(admin.getUser("ann")));
    assertThat(await(admin.listUsers(Optional.of("a"))).getJsonArray("items")).hasSize(1);
    assertThat(await(ann.listSessions("ann")).getJsonArray("items")).hasSize(1);
    JsonObject changed = await(admin.updateUser("ann", Optional.of(List.of()), Optional.of(false)));
    assertThat(changed.getJsonArray("roles")).isEmpty();
    eventually(() -> assertThat(refused(ann.whoami())).isEqualTo(FailureCode.UNAUTHENTICATED));
    assertThat(await(admin.endSessions("ann"))).isZero();
    unused = await(admin.changePassword("ann", "crimson carpet", Optional.empty()));
    String secret = await(admin.enrolCodes("ann")).getString("secret");
    String code = AuthRig.code(secret, clock.instant().getEpochSecond() / 30);
    assertThat(await(admin.confirmCodes("ann", code)).getJsonArray("recoveryCodes")).hasSize(10);
    unused = await(admin.removeCodes("ann"));
    assertThat(await(admin.deleteUser("ann")).getString("name")).isEqualTo("ann");
    assertThat(await(admin.listRoles()).getJsonArray("items")).hasSize(1);
    unused = await(admin.deleteRole("clerk"));
  }

  @Test
  void aClientOfTheBusLooksAfterKeys() {
    BusAuthService admin = new BusAuthService(node.vertx).as(node.firstKey);
    JsonObject key =
        await(
            admin.createApiKey(
                "ci",
                List.of("things:read:*"),
                Optional.empty(),
                Optional.of(Duration.ofMinutes(1))));
    assertThat(await(admin.as(key.getString("key")).whoami()).getString("kind"))
        .isEqualTo("api-key");
    assertThat(await(admin.listApiKeys()).getJsonArray("items")).hasSize(2);
    assertThat(await(admin.revokeApiKey(key.getString("prefix")))).isTrue();
    String next = await(admin.rotateKeys()).getString("id");
    eventually(() -> assertThat(await(admin.listKeys()).encode()).contains(next));
    JsonObject unused = await(admin.withdrawKey(next));
    eventually(() -> assertThat(await(admin.listKeys()).encode()).doesNotContain(next));
  }
}
