package io.vertebra.documents;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.Vertebra;
import io.vertebra.VertebraOptions;
import io.vertebra.options.OptionsLoader;
import io.vertebra.options.OptionsSources;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The table of metrics against those of a running node: names, types and labels. */
@Timeout(60)
final class MetricsDocumentTest {
  private static final Document DOCUMENT = Document.read(Path.of("docs/observability.md"));
  private static final Pattern TYPE = Pattern.compile("# TYPE (vertebra_\\w+) (\\w+)");
  private static final Pattern SAMPLE = Pattern.compile("(vertebra_\\w+?)(\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

  @Test
  void namesEveryMetricOfANodeAndNoOther()
      throws IOException, InterruptedException, TimeoutException {
    assertThat(documented()).isEqualTo(scraped());
  }

  private static Map<String, String> documented() {
    Map<String, String> metrics = new TreeMap<>();
    for (List<String> row : DOCUMENT.rows()) {
      if (row.get(0).startsWith("vertebra_")) {
        String labels = row.get(2).equals("-") ? "" : row.get(2);
        metrics.put(row.get(0), describe(row.get(1), Arrays.asList(labels.split(", *"))));
      }
    }
    return metrics;
  }

  private static Map<String, String> scraped()
      throws IOException, InterruptedException, TimeoutException {
    Vertebra node = Vertebra.start(options(), Clock.systemUTC()).await(60, TimeUnit.SECONDS);
    try {
      String api = node.listening().get("api");
      assertThat(get(api + "/api/v1/cluster")).contains(node.id());
      defineQueue(api);
      return parse(get(api + "/metrics"));
    } finally {
      await(node.close());
    }
  }

  /** A node with a route, an upstream and a certificate, so that all there can be is there. */
  private static VertebraOptions options() throws IOException {
    SelfSignedCertificate certificate = SelfSignedCertificate.create();
    List<String> settings =
        List.of(
            "api.port=0",
            "gateway.port=0",
            "cluster.port=0",
            "raft.port=0",
            "raft.folder=" + Files.createTempDirectory("metrics").resolve("kv"),
            "auth.secretKeys=k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            "redis.addresses=127.0.0.1:1",
            "sql.host=127.0.0.1",
            "sql.port=1",
            "kafka.bootstrapServers=127.0.0.1:1",
            "upstreams={web: {}}",
            "limiter.policies={all: {limit: {permits: 1}}}",
            "routes={all: {upstream: web}}",
            String.format(
                "gateway.tls.certificates=[{certPath: '%s', keyPath: '%s'}]",
                certificate.certificatePath(), certificate.privateKeyPath()));
    return new OptionsLoader<>(VertebraOptions::from)
        .load(new OptionsSources(Optional.empty(), Map.of(), settings))
        .options();
  }

  /** Of queues there is something to tell once there is one. */
  private static void defineQueue(String api) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(api + "/api/v1/queues/all"))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    HttpResponse<String> defined =
        HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    assertThat(defined.statusCode()).isEqualTo(200);
  }

  private static String get(String url) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  private static Map<String, String> parse(String scrape) {
    Map<String, String> types = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    for (String line : scrape.lines().toList()) {
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (type.matches()) {
        types.put(type.group(1), type.group(2));
      } else if (sample.matches()) {
        Set<String> names =
            labels.computeIfAbsent(family(sample.group(1), types), unused -> new TreeSet<>());
        String pairs = sample.group(3) == null ? "" : sample.group(3);
        LABEL.matcher(pairs).results().map(match -> match.group(1)).forEach(names::add);
        names.remove("le");
      }
    }
    Map<String, String> metrics = new TreeMap<>();
    types.forEach((name, type) -> metrics.put(name, describe(type, labels.get(name))));
    return metrics;
  }

  private static String family(String sample, Map<String, String> types) {
    return types.containsKey(sample) ? sample : sample.replaceFirst("_(bucket|count|sum)$", "");
  }

  private static String describe(String type, Iterable<String> labels) {
    Set<String> sorted = new TreeSet<>();
    labels.forEach(sorted::add);
    return type + " " + String.join(", ", sorted);
  }
}
