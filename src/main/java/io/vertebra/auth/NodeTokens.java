package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.token.Base64Url;
import io.vertebra.crypto.SecretKeys;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How nodes prove to each other on the bus that they are nodes: by a code, over what is asked, by
 * whom, with which number and until when, that only who has the secret keys can make. A node takes
 * each number of another once.
 */
final class NodeTokens {
  static final String SCHEME = "Node ";

  private static final String USE = "node";
  private static final Duration LIFE = Duration.ofSeconds(30);

  /** Of which numbers are remembered; more than a cluster has nodes. */
  private static final int MAX_SENDERS = 1_000;

  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{1,15})\\.([A-Za-z0-9_-]{1,40})\\.([A-Za-z0-9_-]{1,100})\\.(\\d{1,18})\\.([A-Za-z0-9_-]{43})");

  private final SecretKeys secrets;
  private final String node;
  private final Clock clock;
  private final AtomicLong issued = new AtomicLong();
  private final Map<String, ReplayWindow> taken = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param node the id of this node, which no other start of it has
   */
  NodeTokens(SecretKeys secrets, String node, Clock clock) {
    this.secrets = secrets;
    this.node = node;
    this.clock = clock;
  }

  /** For one message to an address. */
  String issue(String address, String action) {
    String about =
        clock.instant().plus(LIFE).toEpochMilli()
            + "."
            + secrets.first()
            + "."
            + node
            + "."
            + issued.incrementAndGet();
    return SCHEME + about + "." + code(secrets.first(), about, address, action);
  }

  private String code(String key, String about, String address, String action) {
    return Base64Url.encode(secrets.mac(key, USE, about + " " + address + " " + action));
  }

  /**
   * Whether it is good for an action of a concern. It is not any more after that.
   *
   * @throws Failure {@code UNAUTHENTICATED} if not
   */
  Principal authenticate(String credential, String address, String action) {
    Matcher form = FORM.matcher(credential.substring(SCHEME.length()));
    if (form.matches()
        && isInTime(Long.parseLong(form.group(1)))
        && isRight(form, address, action)
        && take(form.group(3), Long.parseLong(form.group(4)))) {
      return new Principal(Principal.Kind.NODE, "node", Set.of(Permission.ALL), "");
    }
    throw new Failure(FailureCode.UNAUTHENTICATED, "the credential of a node is not good");
  }

  private boolean isInTime(long end) {
    return end > clock.millis() && end < clock.millis() + 2 * LIFE.toMillis();
  }

  /** The message may have gone to any node or to this one. */
  private boolean isRight(Matcher form, String address, String action) {
    String about = form.group().substring(0, form.start(5) - 1);
    String key = form.group(2);
    return Digests.areEqual(code(key, about, address, action), form.group(5))
        || Digests.areEqual(code(key, about, address + "." + node, action), form.group(5));
  }

  private boolean take(String sender, long number) {
    ReplayWindow window;
    synchronized (taken) {
      window = taken.computeIfAbsent(sender, first -> new ReplayWindow());
      if (taken.size() > MAX_SENDERS) {
        taken.remove(taken.keySet().iterator().next());
      }
    }
    return window.take(number);
  }
}
