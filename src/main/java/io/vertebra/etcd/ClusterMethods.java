package io.vertebra.etcd;

import io.vertebra.kv.KvService;
import io.vertebra.kv.KvStatus;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Of etcd's services {@code Cluster}, {@code Maintenance} and {@code Auth} what only reads. */
final class ClusterMethods {

  /** The version whose answers these are; clients choose their ways by it. */
  private static final String VERSION = "3.4.23";

  private final KvService service;
  private final Supplier<List<EtcdMember>> members;

  ClusterMethods(KvService service, Supplier<List<EtcdMember>> members) {
    this.service = service;
    this.members = members;
  }

  Map<String, Method> byPath() {
    return Map.of(
        "/cluster/member/list", request -> Future.succeededFuture(memberList()),
        "/maintenance/status", request -> Future.succeededFuture(status()),
        "/auth/authenticate", request -> Future.failedFuture(withoutUsers()));
  }

  static JsonObject version() {
    return new JsonObject().put("etcdserver", VERSION).put("etcdcluster", "3.4.0");
  }

  private JsonObject memberList() {
    JsonArray list = new JsonArray();
    members.get().forEach(member -> list.add(toJson(member)));
    JsonObject answer = Answers.answer(service.status(), 0);
    return list.isEmpty() ? answer : answer.put("members", list);
  }

  private JsonObject status() {
    KvStatus status = service.status();
    JsonObject answer = Answers.answer(status, status.revision()).put("version", VERSION);
    Answers.number(answer, "dbSize", status.bytes());
    Answers.unsigned(answer, "leader", status.leaderId());
    Answers.number(answer, "raftIndex", status.commitIndex());
    Answers.number(answer, "raftTerm", status.term());
    Answers.number(answer, "raftAppliedIndex", status.appliedIndex());
    Answers.number(answer, "dbSizeInUse", status.bytes());
    return answer;
  }

  private static JsonObject toJson(EtcdMember member) {
    JsonObject json = new JsonObject();
    Answers.unsigned(json, "ID", member.id());
    if (!member.name().isEmpty()) {
      json.put("name", member.name());
    }
    urls(json, "peerURLs", member.peerUrls());
    urls(json, "clientURLs", member.clientUrls());
    return json;
  }

  private static void urls(JsonObject json, String name, List<String> urls) {
    if (!urls.isEmpty()) {
      json.put(name, new JsonArray(urls));
    }
  }

  private static EtcdException withoutUsers() {
    return new EtcdException(
        EtcdException.Status.FAILED_PRECONDITION, "etcdserver: authentication is not enabled");
  }
}
