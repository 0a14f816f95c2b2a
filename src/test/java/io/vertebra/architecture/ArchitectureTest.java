package io.vertebra.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.time.Instant;

@AnalyzeClasses(packages = "io.vertebra", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

  /** Shared ground every concern may stand on; all else in io.vertebra is a concern. */
  private static final String[] KERNEL = {
    "io.vertebra.api..",
    "io.vertebra.crypto..",
    "io.vertebra.http..",
    "io.vertebra.cluster..",
    "io.vertebra.kv..",
    "io.vertebra.redis..",
    "io.vertebra.kafka..",
    "io.vertebra.sql..",
    "io.vertebra.webhook.."
  };

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("io.vertebra.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theKernelKnowsNoConcern =
      noClasses()
          .that()
          .resideInAnyPackage(KERNEL)
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.vertebra..").and(not(resideInAnyPackage(KERNEL))));

  @ArchTest
  static final ArchRule concernsDoNotKnowEachOther =
      slices()
          .matching("io.vertebra.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(alwaysTrue(), resideInAnyPackage(KERNEL))
          .ignoreDependency(
              resideInAPackage("io.vertebra.etcd.."), resideInAPackage("io.vertebra.kv.."))
          .ignoreDependency(
              resideInAPackage("io.vertebra.consul.."), resideInAPackage("io.vertebra.registry.."))
          .ignoreDependency(
              resideInAPackage("io.vertebra.sqs.."), resideInAPackage("io.vertebra.queue.."))
          .ignoreDependency(
              resideInAPackage("io.vertebra.gateway.."),
              resideInAnyPackage(
                  "io.vertebra.auth..",
                  "io.vertebra.route..",
                  "io.vertebra.balancer..",
                  "io.vertebra.ring..",
                  "io.vertebra.idempotency..",
                  "io.vertebra.limiter.."))
          .ignoreDependency(
              resideInAPackage("io.vertebra.task.."), resideInAPackage("io.vertebra.queue.."))
          .ignoreDependency(
              resideInAPackage("io.vertebra.election.."), resideInAPackage("io.vertebra.lock.."))
          .ignoreDependency(
              resideInAPackage("io.vertebra.route.."), resideInAPackage("io.vertebra.balancer.."))
          .ignoreDependency(
              resideInAPackage("io.vertebra.balancer.."), resideInAPackage("io.vertebra.ring.."))
          .ignoreDependency(
              resideInAPackage("io.vertebra.registry.."), resideInAPackage("io.vertebra.ring.."))
          .ignoreDependency(
              resideInAPackage("io.vertebra.raft.."), resideInAPackage("io.vertebra.kv.."));

  @ArchTest
  static final ArchRule onlyTheEngineKnowsRatis =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.vertebra.raft..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.ratis..");

  @ArchTest
  static final ArchRule algorithmsArePure =
      noClasses()
          .that()
          .resideOutsideOfPackages(KERNEL)
          .and()
          .resideOutsideOfPackages(
              "io.vertebra.gateway..",
              "io.vertebra.etcd..",
              "io.vertebra.consul..",
              "io.vertebra.sqs..",
              "io.vertebra.config.client..",
              "io.vertebra.session.client..")
          .and()
          .resideInAPackage("io.vertebra.(*)..")
          .and()
          .haveNameNotMatching(
              ".*(Api|Service|Store|Watch|Verticle|Job|Interceptor|HealthChecker|Probe)(\\$.*)?")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.vertx..")
                  .and(not(resideInAnyPackage("io.vertx.core.json..", "io.vertx.json.schema.."))))
          .allowEmptyShould(true);

  /** What the store holds and how it changes; the rest of its package serves it to callers. */
  @ArchTest
  static final ArchRule theDataOfTheStoreIsPure =
      noClasses()
          .that()
          .resideInAPackage("io.vertebra.kv..")
          .and()
          .haveNameNotMatching(
              ".*(Service|Api|Verticle|Engine|Options|Watch|Watches|Proposer|ReadBarrier|Json|Schema)(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..");

  @ArchTest
  static final ArchRule onlyApisKnowHttp =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.vertebra.api..",
              "io.vertebra.http..",
              "io.vertebra.gateway..",
              "io.vertebra.etcd..",
              "io.vertebra.consul..",
              "io.vertebra.sqs..",
              "io.vertebra.config.client..",
              "io.vertebra.session.client..",
              "io.vertebra.webhook..")
          .and()
          .haveNameNotMatching(
              "io\\.vertebra\\.(Store|cluster\\.Cluster)|.*(Api|Verticle|HttpProbe|HttpCallJob)(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx.ext.web..", "io.vertx.core.http..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule storesAreHidden =
      classes()
          .that()
          .haveSimpleNameEndingWith("Store")
          .should()
          .notBePublic()
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule verticlesAreNamedSo =
      classes()
          .that(assignableTo(VerticleBase.class))
          .should()
          .haveSimpleNameEndingWith("Verticle")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule nobodyReadsAClockThatIsNotInjected =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.vertebra\\.(Main|Vertebra)")
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(Clock.class, "systemUTC");

  /** The listener counts by this handler, and there is one per response. */
  @ArchTest
  static final ArchRule onlyTheListenerSetsTheEndHandlerOfAResponse =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.vertebra.http.HttpListener")
          .should()
          .callMethod(
              io.vertx.core.http.HttpServerResponse.class,
              "endHandler",
              io.vertx.core.Handler.class)
          .orShould()
          .callMethod(
              io.vertx.ext.web.RoutingContext.class, "addEndHandler", io.vertx.core.Handler.class);

  @ArchTest
  static final ArchRule nothingIsPrintedButByTheCommandLine =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.vertebra\\.(Main|NodeProcess)(\\$.*)?")
          .should(ACCESS_STANDARD_STREAMS);
}
